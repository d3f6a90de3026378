#include <errno.h>
#include <hiredis/hiredis.h>

// errno distinguishes a timeout from a closed connection. It is saved here before another call can change it.
static inline int chiredis_get_reply(redisContext *context, void **reply, int *number) {
  errno = 0;
  int result = redisGetReply(context, reply);
  *number = errno;
  return result;
}
