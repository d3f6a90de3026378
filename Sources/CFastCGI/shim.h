// fcgi_stdio.h redefines stdio's names, so only the plain API is imported.
#include <fcgiapp.h>

// For the loop that accepts what libfcgi reads; Swift's Glibc leaves it out.
#include <sys/epoll.h>
