package operation

import (
	"math/rand/v2"
	"testing"
)

// A name that is put together from its first relative name and the remembered
// rest is the one that parsing gives.
func TestNamesBelowOthers(t *testing.T) {
	rests := []string{"ou=people,dc=example,dc=com", "OU=People, DC=example,dc=com", "cn=a\\,b+sn=c,dc=com", "dc=com", "ou=x;dc=com", "o=\"q,r\"",
		"nonsense=1,dc=com", "", " ", "dc=com,", "o=\\e4\\bd\\a0", "2.5.4.3=x"}
	firsts := []string{"uid=alice", "UID=Alice", "cn=John Smith", "cn= x", "cn=x ", "cn=a\\,b", "cn=a+sn=b", "cn=#0401", "cn=", "=a", "a", "", "cn==a",
		"2.5.4.3=a", "oid.2.5.4.3=a", "c=DE", "c=toolong", "nonsense=a", "dc=x", "x.y=a", "-a=b", "mail=a@b.c", "uidNumber=007", "uidNumber=a", "0=a",
		"memberUid=Ab", "createTimestamp=2020"}
	for _, compat := range []Compat{OpenLDAP, DS389} {
		e := newEnv(t, compat)
		sch := e.s.Schema()
		composed := 0
		for range 20000 {
			text := firsts[rand.IntN(len(firsts))] + "," + rests[rand.IntN(len(rests))]
			wanted, werr := e.s.parseName(text, sch)
			if n, ok := e.s.below(text, sch); ok {
				composed++
				if werr != nil || n != wanted {
					t.Fatalf("%q: %+v, parsed %+v, %v", text, n, wanted, werr)
				}
			}
			got, err := e.s.Name(text)
			if got != wanted || (err == nil) != (werr == nil) || err != nil && err.Error() != werr.Error() {
				t.Fatalf("%q: %+v, %v, parsed %+v, %v", text, got, err, wanted, werr)
			}
		}
		if composed < 1000 {
			t.Errorf("%d names were put together", composed)
		}
	}
}
