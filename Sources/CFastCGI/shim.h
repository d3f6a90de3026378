// Only the plain API: fcgi_stdio.h redefines the names of stdio.h.
#include <fcgiapp.h>

// For the accept loop and the worker threads. Swift's Glibc module includes neither.
#include <malloc.h>
#include <sys/epoll.h>
