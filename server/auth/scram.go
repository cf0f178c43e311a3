package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"strconv"
	"strings"

	"github.com/xdg-go/stringprep"
)

// SCRAMIterations is the work factor of new SCRAM secrets. More would slow down
// the client's side of every bind (RFC 7677 section 4 asks for 4096 at least).
const SCRAMIterations = 10000

// SCRAMSecret is what a server keeps for SCRAM (RFC 5803).
type SCRAMSecret struct {
	Iterations           int
	Salt                 []byte
	StoredKey, ServerKey []byte
}

// scramScheme stores the secret of a SCRAM mechanism, under the mechanism's
// name: {SCRAM-SHA-256}ITERATIONS:SALT$STOREDKEY:SERVERKEY, the parts of RFC
// 5803 in base 64. Values of the form ITERATIONS,SALT,STOREDKEY,SERVERKEY are
// understood too. It serves simple binds as well.
type scramScheme struct {
	name string
	new  func() hash.Hash
}

func scramSchemes() []Scheme {
	return []Scheme{scramScheme{"SCRAM-SHA-1", sha1.New}, scramScheme{"SCRAM-SHA-256", sha256.New}, scramScheme{"SCRAM-SHA-512", sha512.New}}
}

func scramHash(name string) func() hash.Hash {
	for _, s := range scramSchemes() {
		if strings.EqualFold(s.Name(), name) {
			return s.(scramScheme).new
		}
	}
	return nil
}

var errSCRAM = errors.New("auth: not a SCRAM secret")

// ParseSCRAM reads what stands behind {SCHEME}. It refuses a secret whose
// keys are not of the hash's length, or that asks for too much work.
func ParseSCRAM(scheme, rest string) (*SCRAMSecret, error) {
	h := scramHash(scheme)
	if h == nil {
		return nil, ErrUnknownScheme
	}
	parts := strings.FieldsFunc(rest, func(r rune) bool { return r == ':' || r == '$' || r == ',' })
	if len(parts) != 4 {
		return nil, errSCRAM
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 || n > maxIterations {
		return nil, errSCRAM
	}
	s := &SCRAMSecret{Iterations: n}
	for i, to := range []*[]byte{&s.Salt, &s.StoredKey, &s.ServerKey} {
		if *to, err = base64.StdEncoding.DecodeString(parts[i+1]); err != nil {
			return nil, errSCRAM
		}
	}
	size := h().Size()
	if len(s.Salt) == 0 || len(s.Salt) > maxSalt || len(s.StoredKey) != size || len(s.ServerKey) != size {
		return nil, errSCRAM
	}
	return s, nil
}

func (s scramScheme) Name() string { return s.name }

func (s scramScheme) Encode(clear []byte) (string, error) {
	salt, err := newSalt(16)
	if err != nil {
		return "", err
	}
	stored, server, err := s.keys(clear, salt, SCRAMIterations)
	if err != nil {
		return "", err
	}
	b64 := base64.StdEncoding.EncodeToString
	return "{" + s.name + "}" + strconv.Itoa(SCRAMIterations) + ":" + b64(salt) + "$" + b64(stored) + ":" + b64(server), nil
}

func (s scramScheme) Compare(clear []byte, rest string) bool {
	want, err := ParseSCRAM(s.name, rest)
	if err != nil {
		return false
	}
	stored, _, err := s.keys(clear, want.Salt, want.Iterations)
	return err == nil && subtle.ConstantTimeCompare(stored, want.StoredKey) == 1
}

// keys derives StoredKey and ServerKey (RFC 5802 section 3).
func (s scramScheme) keys(clear, salt []byte, n int) (stored, server []byte, err error) {
	if prepared, err := stringprep.SASLprep.Prepare(string(clear)); err == nil {
		clear = []byte(prepared)
	}
	salted, err := pbkdf2Key(s.new, clear, salt, n, s.new().Size())
	if err != nil {
		return nil, nil, err
	}
	mac := func(text string) []byte {
		m := hmac.New(s.new, salted)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	h := s.new()
	h.Write(mac("Client Key"))
	return h.Sum(nil), mac("Server Key"), nil
}
