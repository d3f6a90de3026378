#include <sqlite3.h>

// Swift cannot call these two variadic functions.
static inline int csqlite_db_config(sqlite3 *connection, int option, int value) {
  return sqlite3_db_config(connection, option, value, (int *)0);
}

static inline int csqlite_config(int option, int value) {
  return sqlite3_config(option, value);
}
