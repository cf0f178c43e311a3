package wire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// An entry encoded once gives the same message as one encoded for its client.
func TestEncodedEntry(t *testing.T) {
	attrs := []Attribute{{Type: "cn", Values: [][]byte{[]byte("a"), make([]byte, 300)}}, {Type: "sn"}}
	for _, ctl := range [][]Control{nil, {{OID: "1.2.3", HasValue: true, Value: []byte("x")}}} {
		want := AppendSearchEntry([]byte("before"), 70000, "cn=a,dc=x", attrs, ctl)
		got := AppendEncoded([]byte("before"), 70000, EncodeSearchEntry("cn=a,dc=x", attrs), ctl)
		if !bytes.Equal(got, want) {
			t.Errorf("got  %x\nwant %x", got, want)
		}
	}
}

func TestEntryEncoder(t *testing.T) {
	var w EntryEncoder
	for _, n := range []int{0, 1, 3, 40, 100, 200, 5000, 70000, 2, 0} {
		for _, dn := range []string{"", "dc=com", "cn=" + strings.Repeat("x", 300)} {
			attrs := make([]Attribute, 0, n)
			for i := range min(n, 50) {
				attrs = append(attrs, Attribute{Type: fmt.Sprint("a", i), Values: [][]byte{bytes.Repeat([]byte{'v'}, n/50+i), {}}})
			}
			if n > 1 {
				attrs = append(attrs, Attribute{Type: "none"})
			}
			w.Begin(dn)
			for i := range attrs {
				w.Add(attrs[i].Type, attrs[i].Values)
			}
			if got, want := w.End(), EncodeSearchEntry(dn, attrs); !bytes.Equal(got, want) {
				t.Fatalf("%d attributes of %q: %d octets, want %d", n, dn, len(got), len(want))
			}
		}
	}
}
