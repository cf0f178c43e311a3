package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"libslapi/syncrepl"
)

// version is set by the linker: -X main.version=...
var version = "development"

var errHelp = errors.New("help was asked for")

type options struct {
	config syncrepl.Config

	state      string
	format     string
	exec       string
	all        bool
	dump       bool
	cookie     bool
	readOnly   bool
	noProgress bool
	quiet      bool
	verbose    bool
	version    bool
}

const usage = `Usage: syncrepl [options] URL

Follows ldap://host/base?attributes?scope?filter and writes each change as a line of JSON.

`

func parseOptions(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("syncrepl", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	var (
		once                               bool
		bindDN, password, passwordFile     string
		prompt                             bool
		mech, authzID, keytab, principal   string
		caFile, certFile, keyFile, tlsName string
		insecure                           bool
		maxDelete, scope, attributes       string
		retries                            int
	)
	f.StringVar(&o.state, "state", "", "`folder` for copy and cookie; without it everything is loaded at each start")
	f.BoolVar(&once, "once", false, "refresh once and end (refreshOnly)")
	f.DurationVar(&o.config.Interval, "interval", 0, "refresh again after this `time`, instead of staying connected")
	f.StringVar(&o.format, "o", "json", "output `format`: json, ldif or none")
	f.StringVar(&o.exec, "exec", "", "run this shell `command` for each change, the change as JSON on its standard input")
	f.BoolVar(&o.all, "all", false, "write cookies, finished refreshes and lost connections too (JSON, -exec)")
	f.BoolVar(&o.dump, "dump", false, "write the stored copy and end; no server is asked")
	f.BoolVar(&o.cookie, "cookie", false, "write the stored cookie and end; no server is asked")
	f.BoolVar(&o.readOnly, "n", false, "leave the state folder as it is")
	f.BoolVar(&o.config.Reload, "reload", false, "load everything at the first refresh and compare")
	f.StringVar(&maxDelete, "max-delete", "50%", "refuse a refresh that deletes more: a `number`, a percentage of the copy, or none")
	f.BoolVar(&o.config.RefuseChangedSearch, "same-search", false, "refuse a state folder that another search has filled")
	f.BoolVar(&o.config.ExactValues, "exact", false, "compare values by octets, not by the server's schema")
	f.BoolVar(&o.config.ManageDsaIT, "M", false, "treat referral objects as entries (ManageDsaIT)")
	f.StringVar(&o.config.Search.Base, "b", "", "search `base`, instead of the URL's")
	f.StringVar(&scope, "s", "", "search `scope`: base, one or sub")
	f.StringVar(&o.config.Search.Filter, "f", "", "search `filter`")
	f.StringVar(&attributes, "a", "", "`attributes`, with commas between")
	f.StringVar(&bindDN, "D", "", "bind with this `DN`")
	f.StringVar(&password, "w", "", "`password`; others on this machine may see it, prefer -y")
	f.StringVar(&passwordFile, "y", "", "read the password from this `file`")
	f.BoolVar(&prompt, "W", false, "ask for the password")
	f.StringVar(&mech, "Y", "", "SASL `mechanism`: EXTERNAL or GSSAPI")
	f.StringVar(&authzID, "X", "", "SASL authorization `id`")
	f.StringVar(&keytab, "keytab", "", "with -Y GSSAPI: `file` to take the key from, instead of a ticket cache")
	f.StringVar(&principal, "principal", "", "with -keytab: `name@REALM`")
	f.BoolVar(&o.config.StartTLS, "Z", false, "start TLS, and fail if it cannot be had")
	f.StringVar(&caFile, "cacert", "", "`file` of certificates to trust, instead of the system's")
	f.StringVar(&certFile, "cert", "", "client certificate `file`")
	f.StringVar(&keyFile, "key", "", "client key `file`")
	f.StringVar(&tlsName, "tls-name", "", "`name` that the server's certificate must bear, instead of the host")
	f.BoolVar(&insecure, "insecure", false, "do not check the server's certificate")
	f.DurationVar(&o.config.Timeout, "timeout", 30*time.Second, "`time` for connecting and binding")
	f.IntVar(&retries, "retries", -1, "give up after so many failures in a row; -1: never, but 0 with -once")
	f.BoolVar(&o.noProgress, "no-progress", false, "no progress bar")
	f.BoolVar(&o.quiet, "q", false, "only errors on standard error")
	f.BoolVar(&o.verbose, "v", false, "tell what is done on standard error")
	f.BoolVar(&o.version, "V", false, "print the version")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, usage)
			f.SetOutput(stderr)
			f.PrintDefaults()
			return nil, errHelp
		}
		return nil, err
	}
	if o.version {
		return o, nil
	}
	stored := o.dump || o.cookie
	switch {
	case stored && o.state == "":
		return nil, errors.New("-dump and -cookie need -state")
	case stored && f.NArg() == 0:
		o.config.Server, o.readOnly = "ldap://localhost", true
	case f.NArg() != 1:
		return nil, errors.New("one URL is wanted; -help lists the options")
	default:
		o.config.URL = f.Arg(0)
	}
	if o.readOnly = o.readOnly || stored; o.format != "json" && o.format != "ldif" && o.format != "none" {
		return nil, fmt.Errorf("-o %s: json, ldif or none", o.format)
	}

	o.config.Mode = syncrepl.RefreshAndPersist
	if once || o.config.Interval > 0 {
		o.config.Mode = syncrepl.RefreshOnly
	}
	if once {
		o.config.Interval = 0
		if retries < 0 {
			retries = 0
		}
	}
	if retries >= 0 {
		b := syncrepl.DefaultBackoff
		b.Tries = retries
		o.config.Backoff = &b
		if retries == 0 {
			o.config.Retryable = func(error) bool { return false }
		}
	}
	switch scope {
	case "":
	case "base":
		o.config.Search.Scope = syncrepl.BaseObject
	case "one":
		o.config.Search.Scope = syncrepl.SingleLevel
	case "sub":
		o.config.Search.Scope = syncrepl.Subtree
	default:
		return nil, fmt.Errorf("-s %s: base, one or sub", scope)
	}
	if attributes != "" {
		o.config.Search.Attributes = strings.Split(attributes, ",")
	}
	var err error
	if o.config.Guard, err = parseGuard(maxDelete); err != nil {
		return nil, err
	}
	if o.config.TLS, err = tlsConfig(caFile, certFile, keyFile, tlsName, insecure); err != nil {
		return nil, err
	}
	if stored {
		return o, nil
	}
	target, err := syncrepl.ParseURL(o.config.URL)
	if err != nil {
		return nil, err
	}
	if mech == "" {
		mech = target.Mech
	}
	if bindDN == "" {
		bindDN = target.BindName
	}
	if password == "" {
		password = target.Password
	}
	switch strings.ToUpper(mech) {
	case "EXTERNAL":
		o.config.Bind = syncrepl.External{}
	case "GSSAPI":
		o.config.Bind = syncrepl.GSSAPI{Client: kerberos(keytab, principal), AuthzID: authzID}
	case "", "SIMPLE":
		if bindDN == "" {
			o.config.Bind = syncrepl.Anonymous{}
			break
		}
		s := syncrepl.Simple{DN: bindDN, Password: password}
		switch {
		case passwordFile != "":
			s.PasswordFunc, s.Password = func() (string, error) { return readPassword(passwordFile) }, ""
		case prompt:
			if s.Password, err = askPassword(stderr); err != nil {
				return nil, err
			}
		case s.Password == "":
			s.Password = os.Getenv("SYNCREPL_PASSWORD")
		}
		if s.Password == "" && s.PasswordFunc == nil {
			return nil, errors.New("a bind DN needs a password: -y, -W, -w or SYNCREPL_PASSWORD")
		}
		o.config.Bind = s
	default:
		return nil, fmt.Errorf("-Y %s: EXTERNAL or GSSAPI", mech)
	}
	return o, nil
}

// readPassword reads a file at each connection, so that it may be changed. The
// newline at its end, if any, is not part of the password.
func readPassword(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if s == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	return s, nil
}

func askPassword(stderr io.Writer) (string, error) {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("-W: standard input is no terminal")
	}
	fmt.Fprint(stderr, "Enter LDAP password: ")
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(stderr)
	return string(b), err
}

// parseGuard reads -max-delete.
func parseGuard(s string) (*syncrepl.Guard, error) {
	g := syncrepl.NoGuard
	if s == "none" {
		return &g, nil
	}
	if p, ok := strings.CutSuffix(s, "%"); ok {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n <= 0 || n > 100 {
			return nil, fmt.Errorf("-max-delete %s: a percentage above 0 and up to 100", s)
		}
		g.Fraction, g.Always = n/100, syncrepl.DefaultGuard.Always
		return &g, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("-max-delete %s: a number, a percentage, or none", s)
	}
	g.Count = n
	return &g, nil
}

func tlsConfig(caFile, certFile, keyFile, name string, insecure bool) (*tls.Config, error) {
	cfg := &tls.Config{ServerName: name, InsecureSkipVerify: insecure}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", caFile)
		}
	}
	if certFile != "" {
		if keyFile == "" {
			keyFile = certFile
		}
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, err
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}
