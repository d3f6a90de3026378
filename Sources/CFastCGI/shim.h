// Only the plain API: fcgi_stdio.h redefines the names of stdio.h.
#include <fcgiapp.h>

// For the accept loop. Swift's Glibc module does not include epoll.
#include <sys/epoll.h>
