// Only the plain API: fcgi_stdio.h redefines the names of stdio.h.
#include <fcgiapp.h>

// For the accept loop and the worker threads. Swift's Glibc module includes neither.
#include <malloc.h>
#include <sys/epoll.h>

// Swift's Glibc module has been made without _GNU_SOURCE, and so without this declaration (memfd_create(2)).
#include <linux/memfd.h>
int memfd_create(const char *name, unsigned int flags);
