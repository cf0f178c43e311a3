package auth

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

// Values that slappasswd 2.5 and pwdhash 2.3 made of "secret", and some by hand.
var vectors = []string{
	"secret",
	"{CLEARTEXT}secret", "{clear}secret",
	"{SSHA}hGu9uEFjO8C9DgryRbYtg89szhuqzmV0XILBZA==",
	"{SSHA}77H5zCq4g5tDG1o5/1/A7WHBTdZJ3PTN",
	"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
	"{sha}5en6G6MezRroT3XKqkdPOmY/BfQ=",
	"{SSHA256}zvD7WNX904C1AkrOiOvrkWfDFooQCX2geSG/Lvzowzc3vpA9hsFRWw==",
	"{SSHA512}QER0Bs1rIb6PP//pa2FbKiIQrmY/h/XTQBu3mCOcpKRAWR4TjI8LgVRR/FeM/o5P0y1rom3p0YzeUG649WhtNtnnl67zse/+",
	"{SSHA512}nkA6/1L0pbVMLIhQvkHMoMIyOlDXRkdzjuwtl8fBR4cMAffUUbTcmnyROoYY4Q8YO9aS8b0IMxi3D4RWnan1NF5LB8w0h5v+",
	"{SMD5}Y9qVk+qEfALr9Ast5VqSeR40bIo=",
	"{SMD5}d+w/pA8u/eCZTMaLmAFUcrMo004=",
	"{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==",
	"{PBKDF2_SHA256}AAAgAK5H3wC9qtSUYAmy916fh29nSeR/QwQ8o/8X97o4XMQcIvJoEY850JR/BIb6qaYyxubw0Du+s6DqbHGV17fPosoT+4HMG7GkbUi3nksy2LA3hvvoKnpy0UxEyLxNxgoHGwN7ZMWfQlZgaZkXyP+vELlK4bkEsR4KWsM99vMHZf4EKFfWJfrc8FvjgTDDl1iMqbemV8pjX9+wJnKwrrH8ihjqY6Xy5R2EVFJPzJX9q/9pKSfNN1m77QnpcjyEnrUbhPwV/r3Eno0HVRn0N2YQMlEFVN7rxtTFjqPqAawBDvC+IiOcv6QY4jT2ukoMd9mb1s+RbzD6mvGiQYi6hkwR/pSMkWp49kuWuYZAFbQPprW7J+at25ZxJpa5kDYGWV34XvigNEyouYkupTuK8LDkqrhVmzOI8L4Cmsn8NO54Xs1l",
	"{PBKDF2-SHA1}10000$aA6CYhKhqlf4ingb3jtINxm4eKfG13O8$GFWfzl8oN4lEGEzJByJMg16hGjU=",
	"{PBKDF2}10000$aA6CYhKhqlf4ingb3jtINxm4eKfG13O8$GFWfzl8oN4lEGEzJByJMg16hGjU",
	"{PBKDF2-SHA256}10000$5HD0Rey+t+DH3Vh9um5WiXXQv0xfNSR1$ODqZ0rVkVQiiztwBZFH3KfIaI1vOnbio0UvMffyvrZY=",
	"{PBKDF2-SHA256}10000$5HD0Rey.t.DH3Vh9um5WiXXQv0xfNSR1$ODqZ0rVkVQiiztwBZFH3KfIaI1vOnbio0UvMffyvrZY",
	"{PBKDF2-SHA512}10000$adib8KJeL9z3OQl6CEIh+VD5yDxeeZcr$1s+AF5S5rU5ls2K6BXkymtme1GtXWVteF6F/jgfN7jhIv9Es1z2FuOcp09rwawXRj/OsZLoFXZ6QNF6PxiR6Uw==",
	"{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$52lqvE3mXTR/nSgYKd8zVw$3VkcoxH4Ryvb7aVDFHfBpFw421ZIscCy1TK/TXP6yb0",
}

func TestVectors(t *testing.T) {
	r := NewRegistry()
	for _, v := range vectors {
		if !r.Check(v, []byte("secret")) {
			t.Errorf("%s does not match", v)
		}
		for _, wrong := range []string{"", "Secret", "secre", "secrets", "secret\x00", v + "x"} {
			if r.Check(v, []byte(wrong)) {
				t.Errorf("%s matches %q", v, wrong)
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	r := NewRegistry()
	for _, v := range []string{
		"{SSHA}", "{SHA}", "{MD5}", "{SMD5}", "{SSHA}not base 64 at all", "{SSHA512}c2hvcnQ=",
		"{SSHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "{MD5}1B2M2Y8AsgTpgAmY7PhCfg", // empty salt; cut padding
		"{SHA}5en6G6MezRroT3XKqkdPOmY/BfRzYWx0",
		"{PBKDF2-SHA256}", "{PBKDF2-SHA256}0$YWE$YWE", "{PBKDF2-SHA256}x$YWE$YWE", "{PBKDF2-SHA256}1$$", "{PBKDF2-SHA256}-1$YWE$YWE",
		"{PBKDF2-SHA256}1000000000$5HD0Rey$ODqZ0rVkVQiiztwBZFH3KfIaI1vOnbio0UvMffyvrZY", "{PBKDF2_SHA256}AAAA",
		"{ARGON2}", "{ARGON2}$argon2i$v=19$m=4,t=3,p=1$52lqvE3mXTR/nSgYKd8zVw$3VkcoxH4", "{ARGON2}$argon2i$v=19$m=4096,t=0,p=1$52lqvE3mXTR/nSgYKd8zVw$3VkcoxH4",
		"{ARGON2}$argon2id$v=19$m=4294967295,t=1,p=1$52lqvE3mXTR/nSgYKd8zVw$3VkcoxH4", "{ARGON2}$argon2id$v=19$m=4096,t=1,p=1,x$52lqvE3mXTR$3VkcoxH4",
		"{BCRYPT}", "{BCRYPT}$2a$31$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijkl", "{CRYPT}", "{CRYPT}*0", "{CRYPT}abwZjsM17Twbw",
	} {
		for _, p := range []string{"", "secret", "a"} {
			if r.Check(v, []byte(p)) {
				t.Errorf("%s matches %q", v, p)
			}
		}
	}
}

func fakeCrypt(key, setting string) string {
	if strings.HasPrefix(setting, "$x") {
		return "*0"
	}
	i := strings.LastIndexByte(setting, '$')
	if j := strings.IndexByte(setting[3:], '$'); j >= 0 {
		i = 3 + j
		return setting[:i] + "$" + key + "0123456789"
	}
	return setting + "$" + key + "0123456789"
}

func TestEveryScheme(t *testing.T) {
	r := NewRegistry()
	r.SetCrypt(fakeCrypt)
	clear := []byte("pä ss")
	for _, name := range r.Names() {
		a, err := r.Hash(clear, strings.ToLower(name))
		if err != nil {
			t.Fatal(name, err)
		}
		b, err := r.Hash(clear, "{"+name+"}")
		if err != nil {
			t.Fatal(name, err)
		}
		salted := strings.HasPrefix(name, "S") && !strings.HasPrefix(name, "SHA") || strings.ContainsAny(name, "2_") && !strings.HasPrefix(name, "SHA") || strings.HasPrefix(name, "CRYPT") || name == "BCRYPT"
		if (a != b) != salted {
			t.Errorf("%s: %s and %s", name, a, b)
		}
		if !r.Check(a, clear) || r.Check(a, []byte("pä sS")) || r.Check(a, nil) {
			t.Errorf("%s: %s does not check", name, a)
		}
		if !strings.HasPrefix(name, "CLEAR") && !r.Known(a) {
			t.Errorf("%s: %s has no known scheme", name, a)
		}
		if r.Check(a, []byte("pä ss\x00")) {
			t.Errorf("%s: a NUL ends the password", name)
		}
	}
	if _, err := r.Hash(clear, "nope"); !errors.Is(err, ErrUnknownScheme) {
		t.Error(err)
	}
	if _, err := r.Hash(make([]byte, MaxPassword+1), "SSHA"); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	if _, err := NewRegistry().Hash(clear, "CRYPT"); !errors.Is(err, ErrNoCrypt) {
		t.Error(err)
	}
	if r.Check(strings.Repeat("x", MaxPassword+1), []byte(strings.Repeat("x", MaxPassword+1))) {
		t.Error("over-long password accepted")
	}
}

func TestSplitScheme(t *testing.T) {
	for _, c := range []struct {
		in, scheme, rest string
		ok               bool
	}{
		{"{SSHA}abc", "SSHA", "abc", true}, {"{x-Y_1.2}", "x-Y_1.2", "", true}, {"{}abc", "", "{}abc", false},
		{"{SSHA", "", "{SSHA", false}, {"", "", "", false}, {"plain", "", "plain", false}, {"{a b}c", "", "{a b}c", false},
	} {
		s, r, ok := SplitScheme(c.in)
		if s != c.scheme || r != c.rest || ok != c.ok {
			t.Errorf("%q: %q %q %v", c.in, s, r, ok)
		}
	}
}

func TestWrite389(t *testing.T) {
	r := NewRegistry()
	names := r.Names()
	form := func(scheme string) (string, string) {
		v, err := r.Hash([]byte("secret"), scheme)
		if err != nil || !r.Check(v, []byte("secret")) {
			t.Fatal(v, err)
		}
		prefix, rest, _ := SplitScheme(v)
		return prefix, rest[len(rest)-1:]
	}
	// 32 octets end in one "=" where there is padding.
	if p, end := form("PBKDF2-SHA256"); p != "PBKDF2-SHA256" || end == "=" {
		t.Error(p, end)
	}
	r.Write389()
	if p, end := form("PBKDF2-SHA256"); p != "PBKDF2-SHA256" || end != "=" {
		t.Error(p, end)
	}
	if p, _ := form("PBKDF2"); p != "PBKDF2-SHA1" {
		t.Error(p)
	}
	if strings.Join(names, " ") != strings.Join(r.Names(), " ") {
		t.Error(r.Names())
	}
}

type rot struct{}

func (rot) Name() string                           { return "ROT" }
func (rot) Encode(clear []byte) (string, error)    { return "{ROT}" + string(clear), nil }
func (rot) Compare(clear []byte, rest string) bool { return Equal(rest, clear) }

func TestRegistration(t *testing.T) {
	r := NewRegistry()
	if r.Known("{ROT}x") || !r.Check("{ROT}x", []byte("{ROT}x")) || r.Check("{ROT}x", []byte("x")) {
		t.Error("an unknown scheme is clear text")
	}
	r.SetFallback(func(name string) Scheme {
		if strings.EqualFold(name, "rot") {
			return rot{}
		}
		return nil
	})
	if !r.Check("{rot}x", []byte("x")) || r.Check("{ROT}x", []byte("{ROT}x")) || r.Check("{other}x", []byte("x")) {
		t.Error("fallback")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r.Register(rot{})
			r.Check("{ROT}x", []byte("x"))
			r.SetCrypt(fakeCrypt)
		})
	}
	wg.Wait()
	n := r.Names()
	if n[len(n)-1] != "ROT" || n[0] != "SSHA" {
		t.Error(n)
	}
	if !r.CheckAny([][]byte{[]byte("a"), []byte("{ROT}b")}, []byte("b")) || r.CheckAny(nil, nil) {
		t.Error("CheckAny")
	}
}

func FuzzCheck(f *testing.F) {
	for _, v := range vectors {
		f.Add(v, []byte("secret"))
	}
	r := NewRegistry()
	f.Fuzz(func(t *testing.T, stored string, clear []byte) {
		if name, rest, ok := SplitScheme(stored); ok && "{"+name+"}"+rest != stored {
			t.Fatal("SplitScheme loses something")
		}
		r.Check(stored, clear)
	})
}
