// Package auth stores and checks passwords under the schemes of RFC 2307 and
// of the peers: "{SCHEME}" and a hash (RFC 3112 calls it a storage scheme).
package auth

import (
	"crypto/subtle"
	"errors"
	"strings"
	"sync"
)

// Scheme is one way to store passwords. It has the shape of
// plugin.PasswordScheme.
type Scheme interface {
	// Name is the scheme's name without braces.
	Name() string
	// Encode gives the whole value to store, its {scheme} included.
	Encode(clear []byte) (string, error)
	// Compare checks a password against what stands behind {scheme}. A value
	// that the scheme did not make matches nothing.
	Compare(clear []byte, rest string) bool
}

// MaxPassword is how many octets a password may have. More would let a client
// choose how long the slow hashes work.
const MaxPassword = 4096

var (
	// ErrUnknownScheme is the error of Hash for a name that is not registered.
	ErrUnknownScheme = errors.New("auth: unknown password storage scheme")
	// ErrTooLong refuses a password of more than MaxPassword octets.
	ErrTooLong = errors.New("auth: password too long")
	// ErrNoCrypt is the error of {CRYPT} while SetCrypt has not been called.
	ErrNoCrypt = errors.New("auth: crypt(3) is not available")
)

// Registry holds schemes by name. All methods may be called from any goroutine.
type Registry struct {
	mu      sync.RWMutex
	schemes map[string]Scheme // by upper-case name
	order   []string
	crypt   func(key, setting string) string
	find    func(name string) Scheme
}

// NewRegistry returns a Registry with the built-in schemes.
func NewRegistry() *Registry {
	r := &Registry{schemes: map[string]Scheme{}}
	for _, s := range builtin(r) {
		r.Register(s)
	}
	return r
}

// Register adds a scheme, in the place of one of the same name.
func (r *Registry) Register(s Scheme) {
	key := strings.ToUpper(s.Name())
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.schemes[key]; !ok {
		r.order = append(r.order, s.Name())
	}
	r.schemes[key] = s
}

// SetCrypt gives the {CRYPT} schemes the system's crypt(3). It returns the
// hash of key under setting, and "" or a text beginning with "*" on failure;
// with an empty key and setting it need not do anything.
func (r *Registry) SetCrypt(hash func(key, setting string) string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.crypt = hash
}

func (r *Registry) cryptFunc() func(key, setting string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.crypt
}

// SetFallback names a function that is asked for schemes which are not
// registered (those of plug-ins). It returns nil for one that it lacks.
func (r *Registry) SetFallback(find func(name string) Scheme) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.find = find
}

// Lookup finds a scheme by name in any case; nil when there is none.
func (r *Registry) Lookup(name string) Scheme {
	r.mu.RLock()
	s, find := r.schemes[strings.ToUpper(name)], r.find
	r.mu.RUnlock()
	if s == nil && find != nil {
		s = find(name)
	}
	return s
}

// Names lists the registered schemes in the order in which they were added.
func (r *Registry) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return append([]string(nil), r.order...)
}

// Known tells whether a stored value begins with a scheme that is there.
func (r *Registry) Known(stored string) bool {
	name, _, ok := SplitScheme(stored)
	return ok && r.Lookup(name) != nil
}

// Check tells whether clear is the password of a stored value. A value without
// a scheme, or with one that nobody knows, is itself the password in clear.
// The time taken does not depend on how much of a wrong password is right.
func (r *Registry) Check(stored string, clear []byte) bool {
	if len(clear) > MaxPassword {
		return false
	}
	if name, rest, ok := SplitScheme(stored); ok {
		if s := r.Lookup(name); s != nil {
			return s.Compare(clear, rest)
		}
	}
	return Equal(stored, clear)
}

// CheckAny tells whether clear is the password of any of the values, as a bind
// asks of userPassword. All values are looked at, whichever matches.
func (r *Registry) CheckAny(stored [][]byte, clear []byte) bool {
	ok := false
	for _, v := range stored {
		ok = r.Check(string(v), clear) || ok
	}
	return ok
}

// Hash stores a password under a scheme, given with or without its braces. The
// value has the scheme in front, except in clear text.
func (r *Registry) Hash(clear []byte, scheme string) (string, error) {
	if len(clear) > MaxPassword {
		return "", ErrTooLong
	}
	s := r.Lookup(strings.TrimSuffix(strings.TrimPrefix(scheme, "{"), "}"))
	if s == nil {
		return "", ErrUnknownScheme
	}
	return s.Encode(clear)
}

// SplitScheme takes "{SCHEME}rest" apart. ok is false when stored does not
// begin with a scheme's name in braces; rest is then the whole value.
func SplitScheme(stored string) (scheme, rest string, ok bool) {
	if len(stored) < 3 || stored[0] != '{' {
		return "", stored, false
	}
	end := strings.IndexByte(stored, '}')
	if end < 2 {
		return "", stored, false
	}
	for i := 1; i < end; i++ {
		switch c := stored[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '/':
		default:
			return "", stored, false
		}
	}
	return stored[1:end], stored[end+1:], true
}

// Equal compares two clear texts in a time that depends on their lengths only.
func Equal(stored string, clear []byte) bool {
	return subtle.ConstantTimeCompare([]byte(stored), clear) == 1
}
