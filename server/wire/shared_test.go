package wire

import (
	"bytes"
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
