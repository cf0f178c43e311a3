package auth

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"strconv"
	"strings"
)

// Limits on the work that a stored value can ask for. A value beyond them
// matches nothing.
const (
	maxIterations = 2_000_000
	maxKey        = 1024
	maxSalt       = 1024
)

// pbkdf2Scheme stores "iterations$salt$hash" (RFC 8018). OpenLDAP's pw-pbkdf2
// writes base 64 with "." for "+" and without padding, 389 the usual form:
// Encode writes OpenLDAP's (see Write389), Compare takes both. A value names its own number
// of iterations.
type pbkdf2Scheme struct {
	name, prefix string // prefix is the name that Encode writes
	new          func() hash.Hash
	keyLen       int
	iterations   int
	text         func([]byte) string // how Encode writes salt and hash
}

func pbkdf2Schemes(text func([]byte) string) []Scheme {
	return []Scheme{
		pbkdf2Scheme{"PBKDF2", "PBKDF2", sha1.New, sha1.Size, 60000, text},
		pbkdf2Scheme{"PBKDF2-SHA1", "PBKDF2-SHA1", sha1.New, sha1.Size, 60000, text},
		pbkdf2Scheme{"PBKDF2-SHA256", "PBKDF2-SHA256", sha256.New, sha256.Size, 30000, text},
		pbkdf2Scheme{"PBKDF2-SHA512", "PBKDF2-SHA512", sha512.New, sha512.Size, 30000, text},
		pbkdf2Old{},
	}
}

// Write389 makes the {PBKDF2...} schemes write what 389's plug-in reads: usual
// base 64, and {PBKDF2-SHA1} under the name PBKDF2.
func (r *Registry) Write389() {
	for _, s := range pbkdf2Schemes(base64.StdEncoding.EncodeToString) {
		if p, ok := s.(pbkdf2Scheme); ok {
			if p.name == "PBKDF2" {
				p.prefix = "PBKDF2-SHA1"
			}
			s = p
		}
		r.Register(s)
	}
}

func (p pbkdf2Scheme) Name() string { return p.name }

func (p pbkdf2Scheme) Encode(clear []byte) (string, error) {
	salt, err := newSalt(16)
	if err != nil {
		return "", err
	}
	key, err := pbkdf2Key(p.new, clear, salt, p.iterations, p.keyLen)
	if err != nil {
		return "", err
	}
	return "{" + p.prefix + "}" + strconv.Itoa(p.iterations) + "$" + p.text(salt) + "$" + p.text(key), nil
}

func (p pbkdf2Scheme) Compare(clear []byte, rest string) bool {
	parts := strings.Split(rest, "$")
	if len(parts) != 3 {
		return false
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 || n > maxIterations {
		return false
	}
	salt, ok := unadapted(parts[1])
	want, ok2 := unadapted(parts[2])
	if !ok || !ok2 || len(salt) == 0 || len(salt) > maxSalt || len(want) != p.keyLen {
		return false
	}
	return pbkdf2Equal(p.new, clear, salt, n, want)
}

func pbkdf2Equal(h func() hash.Hash, clear, salt []byte, n int, want []byte) bool {
	key, err := pbkdf2Key(h, clear, salt, n, len(want))
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1
}

// pbkdf2Key refuses a password that ends in NUL: HMAC pads its key with NULs,
// so that the password without it would do as well.
func pbkdf2Key(h func() hash.Hash, clear, salt []byte, n, size int) ([]byte, error) {
	if len(clear) > 0 && clear[len(clear)-1] == 0 {
		return nil, errors.New("auth: password ends in a NUL octet")
	}
	return pbkdf2.Key(h, string(clear), salt, n, size)
}

// adapted is base 64 as passlib writes it.
func adapted(b []byte) string {
	return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "+", ".")
}

// unadapted reads base 64 with "." or "+", with or without padding.
func unadapted(s string) ([]byte, bool) {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.ReplaceAll(s, ".", "+"), "="))
	return b, err == nil
}

// pbkdf2Old is 389's {PBKDF2_SHA256}: base 64 of the iterations in 4 octets,
// 64 of salt and a key of 256.
type pbkdf2Old struct{}

const (
	oldSalt       = 64
	oldKey        = 256
	oldIterations = 8192
)

func (pbkdf2Old) Name() string { return "PBKDF2_SHA256" }

func (pbkdf2Old) Encode(clear []byte) (string, error) {
	salt, err := newSalt(oldSalt)
	if err != nil {
		return "", err
	}
	key, err := pbkdf2Key(sha256.New, clear, salt, oldIterations, oldKey)
	if err != nil {
		return "", err
	}
	raw := binary.BigEndian.AppendUint32(nil, oldIterations)
	return "{PBKDF2_SHA256}" + base64.StdEncoding.EncodeToString(append(append(raw, salt...), key...)), nil
}

func (pbkdf2Old) Compare(clear []byte, rest string) bool {
	raw, err := base64.StdEncoding.DecodeString(rest)
	if err != nil || len(raw) != 4+oldSalt+oldKey {
		return false
	}
	n := binary.BigEndian.Uint32(raw)
	if n < 1 || n > maxIterations {
		return false
	}
	return pbkdf2Equal(sha256.New, clear, raw[4:4+oldSalt], int(n), raw[4+oldSalt:])
}
