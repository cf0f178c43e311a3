package frontend

import (
	"crypto"
	_ "crypto/sha256" // hashes of certificates' signatures
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"libslapi/server/dn"
	"libslapi/server/plugin"
)

// usedKey is the key under which a handshake's context has its usedConfig, in
// which the configuration that the handshake takes is noted.
type usedKey struct{}

type usedConfig struct{ config *tls.Config }

// noting is t, but that a handshake's usedConfig gets to know what
// GetConfigForClient gave.
func noting(t *tls.Config) *tls.Config {
	if t == nil {
		return nil
	}
	t = t.Clone()
	choose := t.GetConfigForClient
	fixed := t
	t.GetConfigForClient = func(h *tls.ClientHelloInfo) (n *tls.Config, err error) {
		if choose != nil {
			n, err = choose(h)
		}
		if used, ok := h.Context().Value(usedKey{}).(*usedConfig); ok {
			if used.config = n; n == nil {
				used.config = fixed
			}
		}
		return n, err
	}
	return t
}

// tlsFacts is what operations are told of a TLS connection: the client's name by
// its verified certificate, and the channel bindings (RFC 5929, RFC 9266).
func tlsFacts(state *tls.ConnectionState, config *tls.Config) *plugin.TLS {
	f := &plugin.TLS{Bindings: map[string][]byte{}}
	if len(state.PeerCertificates) > 0 {
		leaf := state.PeerCertificates[0]
		f.Certificate = leaf.Raw
		if len(state.VerifiedChains) > 0 {
			f.Subject = subjectName(leaf)
		}
	}
	if data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32); err == nil {
		f.Bindings["tls-exporter"] = data
	}
	if len(state.TLSUnique) > 0 {
		f.Bindings["tls-unique"] = state.TLSUnique
	}
	if data := endPoint(config); data != nil {
		f.Bindings["tls-server-end-point"] = data
	}
	return f
}

// endPoint is the hash of the server's certificate (RFC 5929 section 4.1); nil
// when it is not clear which one the client saw.
func endPoint(config *tls.Config) []byte {
	if config == nil || len(config.Certificates) != 1 || len(config.Certificates[0].Certificate) == 0 {
		return nil
	}
	raw := config.Certificates[0].Certificate[0]
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil
	}
	h := crypto.SHA256
	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		h = crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		h = crypto.SHA512
	case x509.PureEd25519, x509.UnknownSignatureAlgorithm:
		return nil // no hash of its own: undefined
	}
	d := h.New()
	d.Write(raw)
	return d.Sum(nil)
}

// subjectName is the subject of a certificate as a DN, its RDNs in LDAP's
// order. Types are given by the names of RFC 4519 where they have one, else as
// OIDs, which the schema resolves. "" when it has no subject.
func subjectName(cert *x509.Certificate) string {
	var seq pkix.RDNSequence
	if rest, err := asn1.Unmarshal(cert.RawSubject, &seq); err != nil || len(rest) > 0 {
		return ""
	}
	var out dn.DN
	for i := len(seq) - 1; i >= 0; i-- {
		var rdn dn.RDN
		for _, a := range seq[i] {
			name := a.Type.String()
			if short, ok := subjectTypes[name]; ok {
				name = short
			}
			text, ok := a.Value.(string)
			if !ok {
				text = fmt.Sprint(a.Value)
			}
			rdn = append(rdn, dn.AVA{Type: name, Value: []byte(text)})
		}
		out = append(out, rdn)
	}
	return out.String()
}

var subjectTypes = map[string]string{
	"2.5.4.3": "cn", "2.5.4.4": "sn", "2.5.4.5": "serialNumber", "2.5.4.6": "c", "2.5.4.7": "l", "2.5.4.8": "st", "2.5.4.9": "street",
	"2.5.4.10": "o", "2.5.4.11": "ou", "2.5.4.12": "title", "2.5.4.42": "givenName", "0.9.2342.19200300.100.1.1": "uid",
	"0.9.2342.19200300.100.1.25": "dc", "1.2.840.113549.1.9.1": "email",
}
