#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

// Functions of libssl, and of the libcrypto that it loads.
#define CLIBSSL_FUNCTIONS(F) \
  F(TLS_client_method) F(SSL_CTX_new) F(SSL_CTX_free) F(SSL_CTX_set_default_verify_paths) \
  F(SSL_CTX_load_verify_locations) F(SSL_CTX_set_verify) F(SSL_CTX_set_options) F(SSL_CTX_ctrl) F(SSL_new) \
  F(SSL_free) F(SSL_ctrl) F(SSL_get0_param) F(SSL_set1_host) F(SSL_set_fd) F(SSL_connect) F(SSL_read) \
  F(SSL_write) F(SSL_get_error) F(SSL_get_verify_result) F(X509_VERIFY_PARAM_set1_ip_asc) \
  F(X509_verify_cert_error_string) F(ERR_clear_error) F(ERR_peek_last_error) F(ERR_reason_error_string)

struct clibssl {
#define CLIBSSL_MEMBER(name) __typeof__(name) *_Nonnull name;
  CLIBSSL_FUNCTIONS(CLIBSSL_MEMBER)
};

#define CLIBSSL_QUOTED(version) #version
#define CLIBSSL_FILE(version) "libssl.so." CLIBSSL_QUOTED(version)
static const char *const _Nonnull clibssl_name = CLIBSSL_FILE(OPENSSL_SHLIB_VERSION);

// Swift does not import this macro.
static const uint64_t clibssl_ignore_unexpected_eof = SSL_OP_IGNORE_UNEXPECTED_EOF;

// Returns NULL if the library is missing. It is loaded here, when TLS is needed, because linking it would add a tenth to
// the instructions of every CGI process. Call this once.
static inline const struct clibssl *_Nullable clibssl_load(void) {
  static struct clibssl functions;
  void *library = dlopen(clibssl_name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return NULL;
#define CLIBSSL_LOAD(name) \
  void *found_##name = dlsym(library, #name); \
  if (found_##name == NULL) return NULL; \
  functions.name = (__typeof__(name) *)found_##name;
  CLIBSSL_FUNCTIONS(CLIBSSL_LOAD)
  return &functions;
}
