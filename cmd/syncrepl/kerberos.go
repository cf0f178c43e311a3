package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/go-ldap/ldap/v3"
	"github.com/go-ldap/ldap/v3/gssapi"
)

// kerberos returns a maker of clients that take their ticket from the cache that
// KRB5CCNAME names, or their key from a keytab.
func kerberos(keytab, principal string) func() (ldap.GSSAPIClient, error) {
	return func() (ldap.GSSAPIClient, error) {
		conf := os.Getenv("KRB5_CONFIG")
		if conf == "" {
			conf = "/etc/krb5.conf"
		}
		if keytab != "" {
			name, realm, ok := strings.Cut(principal, "@")
			if !ok {
				return nil, errors.New("-keytab needs -principal name@REALM")
			}
			return gssapi.NewClientWithKeytab(name, realm, keytab, conf)
		}
		cache := os.Getenv("KRB5CCNAME")
		if cache == "" {
			cache = fmt.Sprintf("/tmp/krb5cc_%d", os.Getuid())
		}
		kind, path, ok := strings.Cut(cache, ":")
		switch {
		case !ok:
			path = cache
		case kind != "FILE":
			return nil, fmt.Errorf("a ticket cache of the kind %s cannot be read; set KRB5CCNAME to a FILE", kind)
		}
		return gssapi.NewClientFromCCache(path, conf)
	}
}
