package daemon

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"libslapi/server/auth"
)

const slappasswdUsage = `[options]
  -c format	crypt(3) salt format
  -g		generate random password
  -h hash	password scheme
  -n		omit trailing newline
  -o <opt>[=val] specify an option with a(n optional) value
  	module-path=<pathspec>
  	module-load=<filename>
  -s secret	new password
  -u		generate RFC2307 values (default)
  -v		increase verbosity
  -T file	read file for new password
`

// slappasswd prints a hashed password.
func (c *command) slappasswd() int {
	list, rest, err := getopt(c.args, "c:d:gh:no:s:T:uv")
	if err != nil {
		return c.usage(err.Error(), slappasswdUsage)
	}
	if len(rest) > 0 {
		return c.usage(fmt.Sprintf("unexpected argument %q", rest[0]), slappasswdUsage)
	}
	var (
		secret           *string
		file, scheme     string
		saltFormat       string
		generate         bool
		newline          = "\n"
		given            = func() int { return c.fail("New password already provided") }
		passwordProvided = func() bool { return secret != nil || generate || file != "" }
	)
	for _, o := range list {
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			return c.usage("", slappasswdUsage)
		case 'c':
			saltFormat = o.value
		case 'g':
			if passwordProvided() {
				return given()
			}
			generate = true
		case 'h':
			if scheme != "" {
				return c.fail("Scheme already provided")
			}
			scheme = o.value
		case 'n':
			newline = ""
		case 'o':
			if k, _, _ := strings.Cut(o.value, "="); k != "module-path" && k != "module-load" {
				return c.usage(fmt.Sprintf("unrecognized option \"-o %s\"", o.value), slappasswdUsage)
			}
		case 's':
			if passwordProvided() {
				return given()
			}
			v := o.value
			secret = &v
		case 'T':
			if passwordProvided() {
				return given()
			}
			file = o.value
		}
	}
	if generate {
		if scheme != "" && !strings.EqualFold(scheme, "{CLEARTEXT}") {
			return c.fail("-g and -h are mutually exclusive")
		}
		pw, err := randomText(8)
		if err != nil {
			return c.fail("%v", err)
		}
		fmt.Fprintf(c.stdout, "%s%s", pw, newline)
		return 0
	}
	if file != "" {
		text, err := readSecret(c, file)
		if err != nil {
			return c.fail("%s: %v", file, reason(err))
		}
		secret = &text
	}
	if secret == nil {
		text, err := c.askPassword()
		if err != nil {
			return c.fail("%v", err)
		}
		secret = &text
	}
	if scheme == "" {
		scheme = "{SSHA}"
	}
	hash, err := c.hash(*secret, scheme, saltFormat)
	if errors.Is(err, auth.ErrUnknownScheme) {
		fmt.Fprintf(c.stderr, "Password generation failed for scheme %s: scheme not recognized\n", scheme)
		return 1
	}
	if err != nil {
		fmt.Fprintf(c.stderr, "Password generation failed for scheme %s: %v\n", scheme, err)
		return 1
	}
	fmt.Fprintf(c.stdout, "%s%s", hash, newline)
	return 0
}

func (c *command) hash(secret, scheme, saltFormat string) (string, error) {
	if !strings.HasPrefix(scheme, "{") || !strings.HasSuffix(scheme, "}") {
		return "", auth.ErrUnknownScheme
	}
	reg := auth.NewRegistry()
	if c.hooks.Crypt != nil {
		reg.SetCrypt(c.hooks.Crypt)
	}
	if strings.EqualFold(scheme, "{CRYPT}") && saltFormat != "" {
		if c.hooks.Crypt == nil {
			return "", auth.ErrNoCrypt
		}
		setting, err := saltSetting(saltFormat)
		if err != nil {
			return "", err
		}
		h := c.hooks.Crypt(secret, setting)
		if h == "" || h[0] == '*' {
			return "", fmt.Errorf("crypt(3) refuses the salt %q", setting)
		}
		return "{CRYPT}" + h, nil
	}
	return reg.Hash([]byte(secret), scheme)
}

// saltSetting fills random characters into a salt format: one %s, perhaps with
// a precision as in '$6$%.8s'.
func saltSetting(format string) (string, error) {
	before, after, ok := strings.Cut(format, "%")
	n := 31
	if ok {
		var prec int
		if k, _ := fmt.Sscanf(after, ".%ds", &prec); k == 1 {
			n = min(prec, 31)
			_, after, _ = strings.Cut(after, "s")
		} else if strings.HasPrefix(after, "s") {
			after = after[1:]
		} else {
			ok = false
		}
	}
	if !ok || strings.Contains(after, "%") || n < 0 {
		return "", fmt.Errorf("bad salt format %q", format)
	}
	text, err := randomText(n)
	return before + text + after, err
}

// randomText makes n characters of [A-Za-z0-9./].
func randomText(n int) (string, error) {
	const digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = digits[b[i]&63]
	}
	return string(b), nil
}

// readSecret reads a password file as it is, its line end included.
func readSecret(c *command, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Mode().Perm()&0o006 != 0 {
		fmt.Fprintf(c.stderr, "Warning: Password file %s is publicly readable/writeable\n", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, auth.MaxPassword+1))
	return string(b), err
}

// askPassword asks twice, without echo on a terminal.
func (c *command) askPassword() (string, error) {
	if f, ok := c.stdin.(*os.File); ok {
		defer noEcho(f)()
	}
	in := bufio.NewReader(c.stdin)
	ask := func(prompt string) (string, error) {
		fmt.Fprint(c.stderr, prompt)
		text, err := in.ReadString('\n')
		if c.terminal {
			fmt.Fprintln(c.stderr)
		}
		if err != nil && (text == "" || !errors.Is(err, io.EOF)) {
			return "", errors.New("no password was given")
		}
		return strings.TrimRight(text, "\r\n"), nil
	}
	first, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	second, err := ask("Re-enter new password: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("Password values do not match")
	}
	if first == "" {
		return "", errors.New("Password verification failed.")
	}
	return first, nil
}
