package syncrepl_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/go-ldap/ldap/v3"
	"go.etcd.io/bbolt"

	"libslapi/syncrepl"
)

// Print what changes in a directory, until Ctrl-C. The copy is in a file, so the
// next start hears only what changed in between.
func Example() {
	store, err := syncrepl.OpenFile("people.db", nil)
	if err != nil {
		log.Fatal(err)
	}
	client, err := syncrepl.New(syncrepl.Config{
		URL:   "ldap://ldap.example.com/ou=people,dc=example,dc=com?cn,mail?sub?(objectClass=person)",
		Mode:  syncrepl.RefreshAndPersist,
		Store: store,
	}, &syncrepl.Funcs{
		OnAdd:    func(_ syncrepl.Tx, e *syncrepl.Entry) error { fmt.Println("+", e.DN); return nil },
		OnDelete: func(_ syncrepl.Tx, e *syncrepl.Entry) error { fmt.Println("-", e.DN); return nil },
		OnRename: func(_ syncrepl.Tx, old string, e *syncrepl.Entry) error { fmt.Println(">", old, e.DN); return nil },
		OnChange: func(_ syncrepl.Tx, old, new *syncrepl.Entry) error {
			fmt.Println("~", new.DN, old.Values("mail"), new.Values("mail"))
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()

	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() { <-interrupts; client.PleaseStop() }()

	if err := client.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// The same as a range loop, with a bind and TLS.
func ExampleClient_Events() {
	client, err := syncrepl.New(syncrepl.Config{
		URL:      "ldap://ldap.example.com/dc=example,dc=com",
		Mode:     syncrepl.RefreshAndPersist,
		StartTLS: true,
		Bind: syncrepl.Simple{DN: "cn=sync,dc=example,dc=com", PasswordFunc: func() (string, error) {
			b, err := os.ReadFile("/run/secrets/sync")
			return string(b), err
		}},
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()
	for ev, err := range client.Events(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		switch ev.Kind {
		case syncrepl.EventAdd, syncrepl.EventChange:
			fmt.Println(ev.Entry.DN, ev.Entry.Value("mail"))
		case syncrepl.EventDelete:
			fmt.Println("gone:", ev.Entry.DN)
		}
	}
}

// A table of the caller's in its own database follows the directory: the row and
// the client's record are committed together, or neither is.
func ExampleNewSQL() {
	ctx := context.Background()
	db, err := sql.Open("sqlite3", "file:app.db?_txlock=immediate&_busy_timeout=5000")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	store, err := syncrepl.NewSQL(ctx, db, nil)
	if err != nil {
		log.Fatal(err)
	}
	save := func(tx syncrepl.Tx, e *syncrepl.Entry) error {
		_, err := syncrepl.SQLTx(tx).Exec("INSERT OR REPLACE INTO users (uuid, name, mail) VALUES (?, ?, ?)",
			e.UUID.String(), e.Value("cn"), e.Value("mail"))
		return err
	}
	client, err := syncrepl.New(syncrepl.Config{
		URL:   "ldap://ldap.example.com/ou=people,dc=example,dc=com?cn,mail",
		Store: store,
	}, &syncrepl.Funcs{
		OnAdd:    save,
		OnChange: func(tx syncrepl.Tx, _, new *syncrepl.Entry) error { return save(tx, new) },
		OnDelete: func(tx syncrepl.Tx, e *syncrepl.Entry) error {
			_, err := syncrepl.SQLTx(tx).Exec("DELETE FROM users WHERE uuid = ?", e.UUID.String())
			return err
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()
	if err := client.Run(ctx); err != nil { // once, since the mode is RefreshOnly
		log.Fatal(err)
	}
}

// The caller's own bbolt database.
func ExampleFileTx() {
	onAdd := func(tx syncrepl.Tx, e *syncrepl.Entry) error {
		b, err := syncrepl.FileTx(tx).CreateBucketIfNotExists([]byte("mail"))
		if err != nil {
			return err
		}
		return b.Put([]byte(e.Value("mail")), e.UUID[:])
	}
	db, err := bbolt.Open("app.db", 0o600, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	store, err := syncrepl.NewFile(db)
	if err != nil {
		log.Fatal(err)
	}
	client, err := syncrepl.New(syncrepl.Config{URL: "ldapi://%2Frun%2Fldapi/dc=example,dc=com", Bind: syncrepl.External{}, Store: store},
		&syncrepl.Funcs{OnAdd: onAdd})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()
	fmt.Println(client.Run(context.Background()))
}

// queueHandler sends each change to a queue, none before it is committed.
type queueHandler struct {
	syncrepl.Base
	*syncrepl.Outbox
}

func (h queueHandler) Add(tx syncrepl.Tx, e *syncrepl.Entry) error {
	return h.Put(tx, []byte("add "+e.DN))
}

func (h queueHandler) Delete(tx syncrepl.Tx, e *syncrepl.Entry) error {
	return h.Put(tx, []byte("delete "+e.DN))
}

// Messages to the outside go through an Outbox.
func ExampleOutbox() {
	h := queueHandler{Outbox: &syncrepl.Outbox{Deliver: func(_ context.Context, message []byte) error {
		fmt.Printf("to the queue: %s\n", message)
		return nil
	}}}
	client, err := syncrepl.New(syncrepl.Config{URL: "ldap://ldap.example.com/dc=example,dc=com"}, h)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()
	if err := client.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// Errors and what to do about them.
func ExampleMassDeleteError() {
	client, err := syncrepl.New(syncrepl.Config{
		URL:   "ldap://ldap.example.com/dc=example,dc=com",
		Guard: &syncrepl.Guard{Fraction: 0.2, Always: 5},
	}, &syncrepl.Funcs{
		OnBindDone: func(_ context.Context, conn *ldap.Conn) error {
			who, err := conn.WhoAmI(nil)
			if err == nil && who.AuthzID == "" {
				err = errors.New("the server takes us for anonymous")
			}
			return err
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Unbind()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = client.Run(ctx)
	var tooMany *syncrepl.MassDeleteError
	switch {
	case errors.As(err, &tooMany):
		fmt.Println("ask somebody whether", tooMany.Deletes, "entries are really gone")
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		fmt.Println("the base does not exist, or we may not see it")
	case err != nil:
		fmt.Println(err, "- would trying again help?", syncrepl.Transient(err))
	}
}
