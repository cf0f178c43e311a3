package schema

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"

	"libslapi/server/dn"
)

var errCertificate = errors.New("not a certificate or an assertion of one")

// certificateKey is "serial$issuer" of a certificate, or of an assertion
// '{ serialNumber 1, issuer rdnSequence:"cn=ca" }' (RFC 4523 appendix A), which
// OpenLDAP also takes in the old form "1$cn=ca".
func certificateKey(v []byte) ([]byte, error) {
	if len(v) > 0 && v[0] == 0x30 {
		c, err := x509.ParseCertificate(v)
		if err != nil {
			return nil, err
		}
		return serialKey(c.SerialNumber, c.RawIssuer)
	}
	serial, rest, ok := field(string(v), "serialNumber")
	if !ok {
		if serial, rest, ok = strings.Cut(string(v), "$"); !ok {
			return nil, errCertificate
		}
		return issuerKey(serial, rest)
	}
	issuer, _, ok := field(rest, "rdnSequence:")
	if !ok {
		return nil, errCertificate
	}
	return issuerKey(serial, issuer)
}

// crlKey is "thisUpdate$issuer" of a revocation list or of an assertion
// '{ issuer rdnSequence:"cn=ca", thisUpdate "20200101000000Z" }'.
func crlKey(v []byte) ([]byte, error) {
	if len(v) > 0 && v[0] == 0x30 {
		c, err := x509.ParseRevocationList(v)
		if err != nil {
			return nil, err
		}
		name, err := issuerName(c.RawIssuer)
		if err != nil {
			return nil, err
		}
		return []byte(c.ThisUpdate.UTC().Format("20060102150405") + "$" + name), nil
	}
	issuer, _, ok := field(string(v), "rdnSequence:")
	if !ok {
		return nil, errCertificate
	}
	when, _, ok := field(string(v), "thisUpdate")
	if !ok {
		return nil, errCertificate
	}
	when = strings.TrimSpace(strings.TrimPrefix(when, "utcTime:"))
	when = strings.Trim(when, `"`)
	if len(when) == 13 { // two-digit year
		if when[0] < '5' {
			when = "20" + when
		} else {
			when = "19" + when
		}
	}
	t, err := timeKey([]byte(when))
	if err != nil {
		return nil, err
	}
	name, err := canonicalName(issuer)
	if err != nil {
		return nil, err
	}
	return []byte(string(t) + "$" + name), nil
}

// field finds "key value" in GSER text: the value ends at a comma or a closing
// brace, or is a quoted string with "" for a quote.
func field(s, key string) (value, rest string, ok bool) {
	i := strings.Index(s, key)
	if i < 0 {
		return "", "", false
	}
	s = strings.TrimLeft(s[i+len(key):], " ")
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ",}")
		if end < 0 {
			return "", "", false
		}
		return strings.TrimSpace(s[:end]), s[end:], true
	}
	var b strings.Builder
	for j := 1; j < len(s); j++ {
		if s[j] != '"' {
			b.WriteByte(s[j])
		} else if j+1 < len(s) && s[j+1] == '"' {
			b.WriteByte('"')
			j++
		} else {
			return b.String(), s[j+1:], true
		}
	}
	return "", "", false
}

func issuerKey(serial, issuer string) ([]byte, error) {
	serial = strings.TrimSpace(serial)
	base := 10
	if strings.HasSuffix(serial, "'H") && strings.HasPrefix(serial, "'") {
		serial, base = serial[1:len(serial)-2], 16
	}
	if len(serial) > 256 {
		return nil, errCertificate
	}
	n, ok := new(big.Int).SetString(serial, base)
	if !ok {
		return nil, errCertificate
	}
	name, err := canonicalName(strings.Trim(strings.TrimSpace(issuer), `"`))
	if err != nil {
		return nil, err
	}
	return []byte(n.String() + "$" + name), nil
}

func serialKey(serial *big.Int, rawIssuer []byte) ([]byte, error) {
	name, err := issuerName(rawIssuer)
	if err != nil {
		return nil, err
	}
	return []byte(serial.String() + "$" + name), nil
}

// issuerName gives the normal form of a DER name. Types stay numeric, so that
// the outcome does not hang on the schema.
func issuerName(der []byte) (string, error) {
	var seq pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &seq); err != nil || len(rest) > 0 {
		return "", errCertificate
	}
	d := make(dn.DN, 0, len(seq))
	for i := len(seq) - 1; i >= 0; i-- {
		var r dn.RDN
		for _, a := range seq[i] {
			text, ok := a.Value.(string)
			if !ok {
				return "", errCertificate
			}
			r = append(r, dn.AVA{Type: a.Type.String(), Value: []byte(text)})
		}
		d = append(d, r)
	}
	return d.Normalize(certificateCanon{})
}

func canonicalName(text string) (string, error) {
	d, err := dn.Parse(text)
	if err != nil {
		return "", err
	}
	return d.Normalize(certificateCanon{})
}

// certificateCanon knows the types that issuers are named by (RFC 4519, RFC
// 5280 appendix A).
type certificateCanon struct{}

var issuerTypes = map[string]string{
	"2.5.4.3": "cn", "commonname": "cn", "2.5.4.4": "sn", "surname": "sn", "2.5.4.5": "serialnumber",
	"2.5.4.6": "c", "countryname": "c", "2.5.4.7": "l", "localityname": "l",
	"2.5.4.8": "st", "stateorprovincename": "st", "2.5.4.9": "street", "streetaddress": "street",
	"2.5.4.10": "o", "organizationname": "o", "2.5.4.11": "ou", "organizationalunitname": "ou",
	"2.5.4.12": "title", "2.5.4.42": "givenname", "2.5.4.46": "dnqualifier",
	"0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
	"0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc",
	"1.2.840.113549.1.9.1": "email", "emailaddress": "email", "pkcs9email": "email",
}

func (certificateCanon) CanonAVA(typ string, value []byte) (string, []byte, error) {
	typ = strings.ToLower(typ)
	if t, ok := issuerTypes[typ]; ok {
		typ = t
	}
	v, _ := lenient(value)
	return typ, v, nil
}
