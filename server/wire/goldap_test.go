package wire

import (
	"bufio"
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestGoLDAP lets go-ldap write requests and read our answers.
func TestGoLDAP(t *testing.T) {
	server, client := net.Pipe()
	defer server.Close()
	server.SetDeadline(time.Now().Add(20 * time.Second))
	conn := ldap.NewConn(client, false)
	conn.Start()
	defer conn.Close()
	r := bufio.NewReader(server)

	for _, tc := range []struct {
		name     string
		send     func() error
		want     Request
		controls []Control
		answer   func(id int32) []byte
	}{
		{"bind", func() error { return conn.Bind("cn=a", "pw") },
			&BindRequest{Version: 3, Name: "cn=a", Method: AuthSimple, Password: []byte("pw")}, nil,
			func(id int32) []byte { return AppendBindResponse(nil, id, &Result{}, nil, false, nil) }},
		{"external", func() error { return conn.ExternalBind() },
			&BindRequest{Version: 3, Method: AuthSASL, Mechanism: "EXTERNAL", HasCredentials: true}, nil,
			func(id int32) []byte { return AppendBindResponse(nil, id, &Result{}, nil, false, nil) }},
		{"search", func() error {
			q := ldap.NewSearchRequest("dc=x", ldap.ScopeSingleLevel, ldap.DerefFindingBaseObj, 7, 8, true, "(cn=*)", []string{"a", "b"},
				[]ldap.Control{ldap.NewControlManageDsaIT(true)})
			res, err := conn.Search(q)
			if err == nil && (len(res.Entries) != 1 || res.Entries[0].DN != "cn=é" || res.Entries[0].GetAttributeValue("sn") != "s" || len(res.Referrals) != 1 || res.Referrals[0] != "ldap://r") {
				t.Errorf("search result %+v", res)
			}
			return err
		}, &SearchRequest{Base: "dc=x", Scope: ScopeOne, Deref: DerefFind, SizeLimit: 7, TimeLimit: 8, TypesOnly: true,
			Filter: []byte{0x87, 2, 'c', 'n'}, Attributes: []string{"a", "b"}}, []Control{{OID: "2.16.840.1.113730.3.4.2", Critical: true}},
			func(id int32) []byte {
				b := AppendSearchEntry(nil, id, "cn=é", []Attribute{{Type: "sn", Values: [][]byte{[]byte("s")}}}, nil)
				b = AppendReference(b, id, []string{"ldap://r"}, nil)
				return AppendResult(b, id, TagSearchResultDone, &Result{}, nil)
			}},
		{"modify", func() error {
			m := ldap.NewModifyRequest("cn=a", nil)
			m.Add("mail", []string{"x", "y"})
			m.Delete("sn", nil)
			m.Replace("cn", []string{"z"})
			m.Increment("n", "2")
			return conn.Modify(m)
		}, &ModifyRequest{DN: "cn=a", Changes: []Change{{Op: ModAdd, Type: "mail", Values: [][]byte{[]byte("x"), []byte("y")}},
			{Op: ModDelete, Type: "sn"}, {Op: ModReplace, Type: "cn", Values: [][]byte{[]byte("z")}}, {Op: ModIncrement, Type: "n", Values: [][]byte{[]byte("2")}}}}, nil,
			func(id int32) []byte { return AppendResult(nil, id, TagModifyResponse, &Result{}, nil) }},
		{"add", func() error {
			a := ldap.NewAddRequest("cn=a", nil)
			a.Attribute("cn", []string{"a"})
			return conn.Add(a)
		}, &AddRequest{DN: "cn=a", Attributes: []Attribute{{Type: "cn", Values: [][]byte{[]byte("a")}}}}, nil,
			func(id int32) []byte { return AppendResult(nil, id, TagAddResponse, &Result{}, nil) }},
		{"del", func() error { return conn.Del(ldap.NewDelRequest("cn=a", nil)) },
			&DelRequest{DN: "cn=a"}, nil,
			func(id int32) []byte { return AppendResult(nil, id, TagDelResponse, &Result{}, nil) }},
		{"modifyDN", func() error { return conn.ModifyDN(ldap.NewModifyDNRequest("cn=a", "cn=b", true, "dc=n")) },
			&ModifyDNRequest{DN: "cn=a", NewRDN: "cn=b", DeleteOldRDN: true, HasNewSuperior: true, NewSuperior: "dc=n"}, nil,
			func(id int32) []byte { return AppendResult(nil, id, TagModifyDNResponse, &Result{}, nil) }},
		{"compare", func() error {
			ok, err := conn.Compare("cn=a", "sn", "v")
			if !ok {
				t.Error("compare is false")
			}
			return err
		}, &CompareRequest{DN: "cn=a", Type: "sn", Value: []byte("v")}, nil,
			func(id int32) []byte {
				return AppendResult(nil, id, TagCompareResponse, &Result{Code: CompareTrue}, nil)
			}},
		{"whoami", func() error {
			res, err := conn.WhoAmI(nil)
			if err == nil && res.AuthzID != "dn:cn=a" {
				t.Errorf("whoami %+v", res)
			}
			return err
		}, &ExtendedRequest{OID: "1.3.6.1.4.1.4203.1.11.3"}, nil,
			func(id int32) []byte {
				return AppendExtendedResponse(nil, id, &Result{}, "", []byte("dn:cn=a"), true, nil)
			}},
		{"refused", func() error {
			err := conn.Del(ldap.NewDelRequest("cn=b", nil))
			if !ldap.IsErrorWithCode(err, 32) || !bytes.Contains([]byte(err.Error()), []byte("gone")) {
				t.Errorf("refusal %v", err)
			}
			return nil
		}, &DelRequest{DN: "cn=b"}, nil,
			func(id int32) []byte {
				return AppendResult(nil, id, TagDelResponse, &Result{Code: NoSuchObject, Text: "gone", MatchedDN: "dc=x"}, nil)
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := make(chan error, 1)
			go func() { res <- tc.send() }()
			pdu, err := ReadPDU(r, 1<<16)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Decode(pdu)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, m.Op, cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tc.controls, m.Controls, cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
			if _, err := server.Write(tc.answer(m.ID)); err != nil {
				t.Fatal(err)
			}
			if err := <-res; err != nil {
				t.Error(err)
			}
		})
	}
}
