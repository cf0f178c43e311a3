// Command syncrepl follows an LDAP directory with RFC 4533 and writes what changes
// as lines of JSON or as LDIF, or runs a command for each change. See
// syncrepl(1).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-ldap/ldap/v3"

	"libslapi/syncrepl"
)

// Exit codes.
const (
	exitOK         = 0
	exitError      = 1
	exitUsage      = 2
	exitConnection = 3
	exitBind       = 4
	exitSearch     = 5
	exitOutput     = 6
	exitMassDelete = 7
	exitStore      = 8
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	if err != nil {
		if err != errHelp {
			fmt.Fprintln(stderr, "syncrepl:", err)
			return exitUsage
		}
		return exitOK
	}
	if o.version {
		fmt.Fprintln(stdout, "syncrepl", version)
		return exitOK
	}
	err = o.follow(stdout, stderr)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "syncrepl:", describe(err))
	return exitCode(err)
}

// describe is the message without the package's own prefix.
func describe(err error) string {
	const prefix = "syncrepl: "
	s := err.Error()
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		s = s[len(prefix):]
	}
	if errors.Is(err, syncrepl.ErrMassDelete) {
		s += "; see -max-delete"
	}
	return s
}

func exitCode(err error) int {
	var (
		handler *syncrepl.HandlerError
		store   *syncrepl.StoreError
		config  *syncrepl.ConfigError
		badURL  *syncrepl.URLError
		bind    *syncrepl.BindError
		result  *syncrepl.ResultError
		connect *syncrepl.ConnectError
	)
	switch {
	case errors.As(err, &handler):
		return exitOutput
	case errors.Is(err, syncrepl.ErrMassDelete):
		return exitMassDelete
	case errors.As(err, &store), errors.Is(err, syncrepl.ErrSearchChanged):
		return exitStore
	case errors.As(err, &config), errors.As(err, &badURL):
		return exitUsage
	case errors.Is(err, syncrepl.ErrDisconnected), errors.As(err, &connect):
		return exitConnection
	case errors.As(err, &bind):
		return exitBind
	case errors.As(err, &result):
		switch result.Code {
		case ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultStrongAuthRequired,
			ldap.LDAPResultConfidentialityRequired, ldap.LDAPResultInappropriateAuthentication:
			return exitBind
		}
		return exitSearch
	}
	return exitError
}

// storeFile names the file in the state folder.
const storeFile = "syncrepl.db"

func (o *options) openStore() (syncrepl.Store, error) {
	if o.state == "" {
		return syncrepl.NewMemory(), nil
	}
	readOnly := o.readOnly || o.dump
	if !readOnly {
		if err := os.MkdirAll(o.state, 0o700); err != nil {
			return nil, &syncrepl.StoreError{Op: "create", Err: err}
		}
	}
	path := filepath.Join(o.state, storeFile)
	if readOnly {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && !o.dump {
			return syncrepl.NewMemory(), nil
		}
	}
	return syncrepl.OpenFile(path, &syncrepl.FileOptions{ReadOnly: readOnly})
}

func (o *options) follow(stdout, stderr io.Writer) error {
	store, err := o.openStore()
	if err != nil {
		return err
	}
	cfg := o.config
	cfg.Store = store
	cfg.ReadOnly = o.readOnly
	level := slog.LevelError
	switch {
	case o.verbose:
		level = slog.LevelDebug
	case !o.quiet:
		level = slog.LevelInfo
	}
	cfg.Log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))

	var sink sink
	switch {
	case o.exec != "":
		sink = &command{line: o.exec, stdout: stdout, stderr: stderr}
	case o.format == "ldif":
		sink = &ldifWriter{w: stdout}
	case o.format == "none":
		sink = nothing{}
	default:
		sink = &jsonWriter{w: stdout}
	}
	h := &handler{sink: sink, all: o.all}
	h.Deliver = h.take
	if !o.quiet && !o.noProgress && !o.verbose {
		h.bar = newProgress(stderr)
	}
	client, err := syncrepl.New(cfg, h)
	if err != nil {
		store.Close()
		return err
	}
	defer client.Unbind()
	h.client = client
	if o.dump {
		return client.View(context.Background(), func(tx syncrepl.Tx) error { return h.dump(tx) })
	}
	if o.cookie {
		return client.View(context.Background(), func(tx syncrepl.Tx) error {
			cookie, err := tx.Cookie()
			if err == nil {
				_, err = fmt.Fprintln(stdout, cookie)
			}
			return err
		})
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-signals:
				// The first asks, the second insists.
				if n == 0 && cfg.Mode == syncrepl.RefreshAndPersist {
					client.PleaseStop()
				} else {
					cancel()
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return client.Run(ctx)
}
