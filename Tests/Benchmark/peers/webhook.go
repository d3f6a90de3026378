// The same job in Go: verifies Clerk's webhooks, and writes the users. FastCGI on standard input, or CGI.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/fcgi"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

const upsert = `
	INSERT INTO users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
	VALUES (?1, ?2, ?3, ?4, '', NULL, ?5, ?6, ?6)
	ON CONFLICT (id) DO UPDATE SET email = excluded.email, firstName = excluded.firstName,
	  lastName = excluded.lastName, role = excluded.role, updatedAt = excluded.updatedAt`

var digits = regexp.MustCompile(`^[1-9][0-9]*$`)

type event struct {
	Type string `json:"type"`
	Data *struct {
		ID             string  `json:"id"`
		FirstName      *string `json:"first_name"`
		LastName       *string `json:"last_name"`
		PrimaryEmailID *string `json:"primary_email_address_id"`
		EmailAddresses []struct {
			ID      string `json:"id"`
			Address string `json:"email_address"`
		} `json:"email_addresses"`
		PublicMetadata map[string]any `json:"public_metadata"`
	} `json:"data"`
}

type webhook struct {
	key []byte
	dsn string
	// One writer at a time, so that none sleeps in SQLite's busy handler for another of this process.
	writer sync.Mutex
}

func (w *webhook) verify(header http.Header, body []byte) bool {
	id, timestamp := header.Get("svix-id"), header.Get("svix-timestamp")
	if strings.Contains(id, ".") || !digits.MatchString(timestamp) {
		return false
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := time.Now().Unix() - seconds; err != nil || age < -300 || age > 300 {
		return false
	}
	mac := hmac.New(sha256.New, w.key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	expected := mac.Sum(nil)
	for _, entry := range strings.Fields(header.Get("svix-signature")) {
		version, text, _ := strings.Cut(entry, ",")
		signature, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(signature, expected) {
			return true
		}
	}
	return false
}

func (w *webhook) apply(e *event, email string) error {
	db, err := sql.Open("sqlite3", w.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	w.writer.Lock()
	defer w.writer.Unlock()
	tx, err := db.Begin() // IMMEDIATE, by the DSN
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if e.Type == "user.deleted" {
		_, err = tx.Exec("DELETE FROM users WHERE id = ?", e.Data.ID)
	} else {
		_, err = tx.Exec(upsert, e.Data.ID, email, text(e.Data.FirstName), text(e.Data.LastName), role(e),
			time.Now().UnixMilli())
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

func role(e *event) string {
	switch role, _ := e.Data.PublicMetadata["role"].(string); role {
	case "admin", "trainer":
		return role
	}
	return "client"
}

func primaryEmail(e *event) string {
	for _, address := range e.Data.EmailAddresses {
		if e.Data.PrimaryEmailID != nil && address.ID == *e.Data.PrimaryEmailID {
			return address.Address
		}
	}
	return ""
}

func answer(out http.ResponseWriter, status int, name, value, id string) {
	body := map[string]string{name: value}
	if id != "" {
		body["id"] = id
	}
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	json.NewEncoder(out).Encode(body)
}

func (w *webhook) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	if in.Method != http.MethodPost {
		answer(out, 405, "error", "method_not_allowed", "")
		return
	}
	for _, name := range []string{"svix-id", "svix-timestamp", "svix-signature"} {
		if in.Header.Get(name) == "" {
			answer(out, 400, "error", "missing_headers", "")
			return
		}
	}
	body, err := io.ReadAll(in.Body)
	if err != nil {
		answer(out, 400, "error", "incomplete_body", "")
		return
	}
	if !w.verify(in.Header, body) {
		answer(out, 400, "error", "invalid_signature", "")
		return
	}
	id := in.Header.Get("svix-id")
	var e event
	if json.Unmarshal(body, &e) != nil || e.Data == nil {
		answer(out, 400, "error", "malformed_event", "")
		return
	}
	switch e.Type {
	case "user.created", "user.updated", "user.deleted":
	default:
		answer(out, 200, "outcome", "ignored", id)
		return
	}
	email := primaryEmail(&e)
	if e.Data.ID == "" {
		answer(out, 400, "error", "no_user_id", "")
	} else if e.Type != "user.deleted" && email == "" {
		answer(out, 400, "error", "no_primary_email", "")
	} else if err := w.apply(&e, email); err != nil {
		log.Print(err)
		answer(out, 500, "error", "database_error", "")
	} else {
		answer(out, 200, "outcome", "applied", id)
	}
}

func main() {
	secret := strings.TrimPrefix(os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET"), "whsec_")
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		log.Fatal(err)
	}
	w := &webhook{key: key, dsn: "file:" + os.Getenv("CLERK_SYNC_DATABASE") +
		"?_busy_timeout=5000&_foreign_keys=on&_synchronous=FULL&_txlock=immediate"}
	if os.Getenv("GATEWAY_INTERFACE") != "" {
		log.Fatal(cgi.Serve(w))
	}
	// An idle connection that has read keeps the WAL from being set up anew with every request.
	kept, err := sql.Open("sqlite3", w.dsn)
	if err == nil {
		_, err = kept.Exec("SELECT 1 FROM sqlite_master")
	}
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(fcgi.Serve(nil, w))
}
