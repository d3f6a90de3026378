#include <errno.h>
#include <hiredis/hiredis.h>

// errno tells a time that is up from a connection that is gone; it is read before anything else can change it.
static inline int chiredis_get_reply(redisContext *context, void **reply, int *number) {
  errno = 0;
  int result = redisGetReply(context, reply);
  *number = errno;
  return result;
}
