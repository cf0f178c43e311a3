package auth

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

func builtin(r *Registry) []Scheme {
	out := digests()
	out = append(out, cleartext("CLEARTEXT"), cleartext("CLEAR"))
	out = append(out, pbkdf2Schemes(adapted)...)
	out = append(out, argon{}, blowfish{})
	out = append(out, scramSchemes()...)
	for _, c := range []struct{ name, setting string }{
		{"CRYPT", "$6$"}, {"CRYPT-MD5", "$1$"}, {"CRYPT-SHA256", "$5$"}, {"CRYPT-SHA512", "$6$"},
	} {
		out = append(out, crypt{r, c.name, c.setting})
	}
	return out
}

// argon is {ARGON2} of OpenLDAP: the text that the argon2 tool prints,
// $argon2id$v=19$m=KiB,t=passes,p=lanes$salt$hash.
type argon struct{}

// What Encode uses (RFC 9106 section 4, the choice for little memory, with
// fewer lanes), and limits on what a stored value can ask for.
const (
	argonMemory  = 19 * 1024
	argonPasses  = 2
	argonMaxMem  = 256 * 1024
	argonMaxPass = 64
	argonVersion = argon2.Version
)

func (argon) Name() string { return "ARGON2" }

func (argon) Encode(clear []byte) (string, error) {
	salt, err := newSalt(16)
	if err != nil {
		return "", err
	}
	key := argon2.IDKey(clear, salt, argonPasses, argonMemory, 1, 32)
	return fmt.Sprintf("{ARGON2}$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argonVersion, argonMemory, argonPasses,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

func (argon) Compare(clear []byte, rest string) bool {
	parts := strings.Split(rest, "$")
	if len(parts) != 6 || parts[0] != "" || parts[2] != fmt.Sprintf("v=%d", argonVersion) {
		return false
	}
	var mem, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &mem, &passes, &lanes); err != nil ||
		fmt.Sprintf("m=%d,t=%d,p=%d", mem, passes, lanes) != parts[3] {
		return false
	}
	if lanes < 1 || passes < 1 || passes > argonMaxPass || mem < 8*uint32(lanes) || mem > argonMaxMem {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(salt) < 8 || len(salt) > maxSalt || len(want) < 4 || len(want) > maxKey {
		return false
	}
	var key []byte
	switch parts[1] {
	case "argon2id":
		key = argon2.IDKey(clear, salt, passes, mem, lanes, uint32(len(want)))
	case "argon2i":
		key = argon2.Key(clear, salt, passes, mem, lanes, uint32(len(want)))
	default: // argon2d is not for passwords
		return false
	}
	return subtle.ConstantTimeCompare(key, want) == 1
}

// blowfish is {BCRYPT}, as OpenLDAP's pw-bcrypt module stores it.
type blowfish struct{}

const bcryptMaxCost = 16

func (blowfish) Name() string { return "BCRYPT" }

func (blowfish) Encode(clear []byte) (string, error) {
	b, err := bcrypt.GenerateFromPassword(clear, bcrypt.DefaultCost)
	if err != nil {
		return "", ErrTooLong
	}
	return "{BCRYPT}" + string(b), nil
}

func (blowfish) Compare(clear []byte, rest string) bool {
	if cost, err := bcrypt.Cost([]byte(rest)); err != nil || cost > bcryptMaxCost {
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(rest), clear) == nil
}

// crypt is {CRYPT}: crypt(3) of the system. The names with a suffix, of 389,
// choose how Encode hashes; all of them store {CRYPT}.
type crypt struct {
	r             *Registry
	name, setting string
}

func (c crypt) Name() string { return c.name }

// saltDigits are the digits of crypt(3) settings.
const saltDigits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (c crypt) Encode(clear []byte) (string, error) {
	hash := c.r.cryptFunc()
	if hash == nil {
		return "", ErrNoCrypt
	}
	salt, err := newSalt(16)
	if err != nil {
		return "", err
	}
	if c.setting == "$1$" {
		salt = salt[:8]
	}
	for i := range salt {
		salt[i] = saltDigits[salt[i]&63]
	}
	out := hash(string(clear), c.setting+string(salt))
	if strings.IndexByte(string(clear), 0) >= 0 || !strings.HasPrefix(out, c.setting) {
		return "", ErrNoCrypt
	}
	return "{CRYPT}" + out, nil
}

// Compare hashes with the stored value as the setting. What crypt(3) cannot
// be given (a NUL octet) or refuses matches nothing.
func (c crypt) Compare(clear []byte, rest string) bool {
	hash := c.r.cryptFunc()
	if hash == nil || len(rest) < 13 || strings.IndexByte(rest, 0) >= 0 || strings.IndexByte(string(clear), 0) >= 0 {
		return false
	}
	out := hash(string(clear), rest)
	return len(out) >= 13 && out[0] != '*' && subtle.ConstantTimeCompare([]byte(out), []byte(rest)) == 1
}
