// fcgi_stdio.h redefines stdio's names, so only the plain API is imported.
#include <fcgiapp.h>
