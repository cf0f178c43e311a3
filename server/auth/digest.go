package auth

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
)

// digest is a scheme of one hash over password and salt, stored in base 64 as
// hash, salt. saltLen is what Encode makes, 0 for a scheme without salt; Compare
// takes salt of any length from 1 on.
type digest struct {
	name    string
	new     func() hash.Hash
	saltLen int
}

func digests() []Scheme {
	var out []Scheme
	for _, h := range []struct {
		name string
		new  func() hash.Hash
	}{{"SHA", sha1.New}, {"SHA256", sha256.New}, {"SHA384", sha512.New384}, {"SHA512", sha512.New}, {"MD5", md5.New}} {
		salt := 16
		if h.name == "SHA" || h.name == "MD5" {
			salt = 8
		}
		out = append(out, digest{"S" + h.name, h.new, salt}, digest{h.name, h.new, 0})
	}
	return out
}

func (d digest) Name() string { return d.name }

func (d digest) sum(clear, salt []byte) []byte {
	h := d.new()
	h.Write(clear)
	h.Write(salt)
	return h.Sum(nil)
}

func (d digest) Encode(clear []byte) (string, error) {
	salt, err := newSalt(d.saltLen)
	if err != nil {
		return "", err
	}
	return "{" + d.name + "}" + base64.StdEncoding.EncodeToString(append(d.sum(clear, salt), salt...)), nil
}

func (d digest) Compare(clear []byte, rest string) bool {
	raw, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return false
	}
	size := d.new().Size()
	if len(raw) < size || (d.saltLen > 0) != (len(raw) > size) {
		return false
	}
	return subtle.ConstantTimeCompare(raw[:size], d.sum(clear, raw[size:])) == 1
}

func newSalt(n int) ([]byte, error) {
	salt := make([]byte, n)
	_, err := rand.Read(salt)
	return salt, err
}

// cleartext is {CLEARTEXT} of OpenLDAP and {CLEAR} of 389. Neither stores its
// name.
type cleartext string

func (c cleartext) Name() string                           { return string(c) }
func (c cleartext) Encode(clear []byte) (string, error)    { return string(clear), nil }
func (c cleartext) Compare(clear []byte, rest string) bool { return Equal(rest, clear) }
