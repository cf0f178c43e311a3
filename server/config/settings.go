package config

import (
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// settingKind is how the value of a 389-named setting of cn=config is checked.
type settingKind int

const (
	textSetting settingKind = iota
	onOff
	number
	schemeSetting
	nameSetting
	fixedSetting // shown, never changed by a client
)

// setting is one 389-named setting of cn=config.
type setting struct {
	name     string
	def      string // "" is not shown
	kind     settingKind
	min, max int64
	// olc is the attribute that says the same in OpenLDAP's way; a change of one
	// changes the other. olcValue and nsValue convert where the texts differ.
	olc      string
	olcValue func(ns string) string
	nsValue  func(olc string) string
}

const maxInt = 1<<31 - 1

func limitToOLC(ns string) string {
	if ns == "-1" {
		return "unlimited"
	}
	return ns
}

// limitToNS takes the soft limit of "500", "unlimited" or "size.soft=5 size.hard=9".
func limitToNS(olc string) string {
	l := DefaultLimits()
	words, err := splitWords(olc)
	if err != nil {
		return ""
	}
	for _, w := range words {
		kind := "size"
		if strings.HasPrefix(strings.ToLower(w), "time") {
			kind = "time"
		}
		if parseLimit(&l, w, kind) != nil {
			return ""
		}
		if kind == "time" {
			return strconv.Itoa(l.Time.Soft)
		}
	}
	return strconv.Itoa(l.Size.Soft)
}

func boolToOLC(ns string) string {
	if strings.EqualFold(ns, "on") {
		return "TRUE"
	}
	return "FALSE"
}

func boolToNS(olc string) string {
	if on, _ := parseBool(olc); on {
		return "on"
	}
	return "off"
}

func same(v string) string { return v }

// settings are the settings that plug-ins and administrators of 389 read, with
// its defaults where they hold here.
var settings = []setting{
	{name: "nsslapd-port", def: "389", kind: number, max: 65535},
	{name: "nsslapd-secureport", def: "636", kind: number, max: 65535},
	{name: "nsslapd-localhost"},
	{name: "nsslapd-listenhost"},
	{name: "nsslapd-localuser"},
	{name: "nsslapd-rootdn", kind: nameSetting},
	{name: "nsslapd-rootpw"},
	{name: "nsslapd-rootpwstoragescheme", def: "PBKDF2-SHA512", kind: schemeSetting},
	{name: "passwordStorageScheme", def: "PBKDF2-SHA512", kind: schemeSetting},
	{name: "nsslapd-dynamic-plugins", def: "off", kind: onOff},
	{name: "nsslapd-errorlog-level", def: "16384", kind: number, max: 1<<63 - 1},
	{name: "nsslapd-accesslog-level", def: "256", kind: number, max: 1<<63 - 1},
	{name: "nsslapd-errorlog-logging-enabled", def: "on", kind: onOff},
	{name: "nsslapd-accesslog-logging-enabled", def: "on", kind: onOff},
	{name: "nsslapd-auditlog-logging-enabled", def: "off", kind: onOff},
	{name: "nsslapd-errorlog"},
	{name: "nsslapd-accesslog"},
	{name: "nsslapd-auditlog"},
	{name: "nsslapd-sizelimit", def: "2000", kind: number, min: -1, max: maxInt, olc: "olcSizeLimit", olcValue: limitToOLC, nsValue: limitToNS},
	{name: "nsslapd-timelimit", def: "3600", kind: number, min: -1, max: maxInt, olc: "olcTimeLimit", olcValue: limitToOLC, nsValue: limitToNS},
	{name: "nsslapd-idletimeout", def: "0", kind: number, max: maxInt, olc: "olcIdleTimeout", olcValue: same, nsValue: same},
	{name: "nsslapd-readonly", def: "off", kind: onOff, olc: "olcReadOnly", olcValue: boolToOLC, nsValue: boolToNS},
	{name: "nsslapd-threadnumber", def: "16", kind: number, min: -1, max: maxInt, olc: "olcThreads", olcValue: same, nsValue: same},
	{name: "nsslapd-maxbersize", def: "2097152", kind: number, max: maxInt},
	{name: "nsslapd-max-filter-nest-level", def: "40", kind: number, max: maxInt},
	{name: "nsslapd-maxdescriptors", def: "20000", kind: number, min: 1, max: maxInt},
	{name: "nsslapd-ioblocktimeout", def: "10000", kind: number, max: maxInt},
	{name: "nsslapd-maxthreadsperconn", def: "5", kind: number, min: 1, max: maxInt},
	{name: "nsslapd-lastmod", def: "on", kind: onOff},
	{name: "nsslapd-schemacheck", def: "on", kind: onOff},
	{name: "nsslapd-schemamod", def: "on", kind: onOff},
	{name: "nsslapd-syntaxcheck", def: "on", kind: onOff},
	{name: "nsslapd-syntaxlogging", def: "off", kind: onOff},
	{name: "nsslapd-dn-validate-strict", def: "off", kind: onOff},
	{name: "nsslapd-security", def: "off", kind: onOff},
	{name: "nsslapd-accesscontrol", def: "on", kind: onOff},
	{name: "nsslapd-groupevalnestlevel", def: "0", kind: number, max: maxInt},
	{name: "nsslapd-allow-anonymous-access", def: "on"},
	{name: "nsslapd-allow-unauthenticated-binds", def: "off", kind: onOff},
	{name: "nsslapd-allow-hashed-passwords", def: "off", kind: onOff},
	{name: "nsslapd-require-secure-binds", def: "off", kind: onOff},
	{name: "nsslapd-enable-upgrade-hash", def: "on", kind: onOff},
	{name: "nsslapd-localssf", def: "71", kind: number, max: maxInt},
	{name: "nsslapd-minssf", def: "0", kind: number, max: maxInt},
	{name: "nsslapd-anonlimitsdn"},
	{name: "nsslapd-ldapilisten", def: "off", kind: onOff},
	{name: "nsslapd-ldapifilepath"},
	{name: "nsslapd-ldapiautobind", def: "off", kind: onOff},
	{name: "nsslapd-plugin-binddn-tracking", def: "off", kind: onOff},
	{name: "nsslapd-plugin-logging", def: "off", kind: onOff},
	{name: "nsslapd-moddn-aci", def: "on", kind: onOff},
	{name: "nsslapd-targetfilter-cache", def: "on", kind: onOff},
	{name: "nsslapd-return-exact-case", def: "on", kind: onOff},
	{name: "nsslapd-ignore-virtual-attrs", def: "on", kind: onOff},
	{name: "nsslapd-entryusn-global", def: "off", kind: onOff},
	{name: "nsslapd-entryusn-import-initval", def: "0"},
	{name: "nsslapd-unhashed-pw-switch", def: "off"},
	{name: "nsslapd-pwpolicy-local", def: "off", kind: onOff},
	{name: "nsslapd-csnlogging", def: "on", kind: onOff},
	{name: "nsslapd-defaultnamingcontext"},
	{name: "nsslapd-result-tweak", def: "off", kind: onOff},
	{name: "nsslapd-verify-filter-schema", def: "process-safe"},
	{name: "nsslapd-schemadir"},
	{name: "nsslapd-lockdir"},
	{name: "nsslapd-tmpdir"},
	{name: "nsslapd-certdir"},
	{name: "nsslapd-ldifdir"},
	{name: "nsslapd-bakdir"},
	{name: "nsslapd-rundir"},
	{name: "nsslapd-instancedir"},
	{name: "nsslapd-counters", def: "on", kind: onOff},
	{name: "nsslapd-ndn-cache-enabled", def: "on", kind: onOff},
	{name: "nsslapd-versionstring", kind: fixedSetting},
	{name: "nsslapd-config", def: "cn=config", kind: fixedSetting},
	{name: "passwordHistory", def: "off", kind: onOff},
	{name: "passwordInHistory", def: "6", kind: number, max: 24},
	{name: "passwordChange", def: "on", kind: onOff},
	{name: "passwordMustChange", def: "off", kind: onOff},
	{name: "passwordCheckSyntax", def: "off", kind: onOff},
	{name: "passwordExp", def: "off", kind: onOff},
	{name: "passwordMaxAge", def: "8640000"},
	{name: "passwordMinAge", def: "0"},
	{name: "passwordWarning", def: "86400"},
	{name: "passwordMinLength", def: "8", kind: number, max: 512},
	{name: "passwordLockout", def: "off", kind: onOff},
	{name: "passwordMaxFailure", def: "3", kind: number, min: 1, max: 32767},
	{name: "passwordLockoutDuration", def: "3600"},
	{name: "passwordResetFailureCount", def: "600"},
	{name: "passwordUnlock", def: "on", kind: onOff},
	{name: "passwordGraceLimit", def: "0", kind: number, max: maxInt},
	{name: "passwordIsGlobalPolicy", def: "off", kind: onOff},
	{name: "passwordLegacyPolicy", def: "on", kind: onOff},
	{name: "passwordTrackUpdateTime", def: "off", kind: onOff},
	{name: "passwordAdminDN", kind: nameSetting},
}

var settingByName = func() map[string]*setting {
	m := map[string]*setting{}
	for i := range settings {
		m[strings.ToLower(settings[i].name)] = &settings[i]
	}
	return m
}()

// schemeOrder is the order in which 389 lists its password storage schemes.
var schemeOrder = strings.Fields(`SSHA SSHA256 SSHA384 SSHA512 SHA SHA256 SHA384 SHA512 CRYPT CRYPT-MD5 CRYPT-SHA256
	CRYPT-SHA512 MD5 SMD5 CLEAR PBKDF2_SHA256 PBKDF2 PBKDF2-SHA1 PBKDF2-SHA256 PBKDF2-SHA512 GOST_YESCRYPT`)

// hiddenSchemes can be checked against but are no scheme to store by, are schemes that 389 lacks, or are
// names of the other peer for one in the list.
var hiddenSchemes = words("ns-mta-md5 aes des cleartext argon2 bcrypt scram-sha-1 scram-sha-256 scram-sha-512")

// schemeList is what the message about an unknown scheme shows.
func schemeList(have []string) string {
	set := map[string]string{}
	for _, h := range have {
		h = strings.Trim(h, "{}")
		set[strings.ToLower(h)] = h
	}
	if set["cleartext"] != "" && set["clear"] == "" {
		set["clear"] = "CLEAR"
	}
	var list []string
	for _, n := range schemeOrder {
		if set[strings.ToLower(n)] != "" {
			list = append(list, n)
			delete(set, strings.ToLower(n))
		}
	}
	for _, h := range have {
		h = strings.Trim(h, "{}")
		if set[strings.ToLower(h)] != "" && !hiddenSchemes[strings.ToLower(h)] {
			list = append(list, h)
			delete(set, strings.ToLower(h))
		}
	}
	return strings.Join(list, ", ")
}

// check tests one value; schemes are the storage schemes that there are, nil
// when that is not known yet. canon parses names.
func (s *setting) check(value string, schemes []string, canon *schema.Schema) *wire.Error {
	bad := func(format string, args ...any) *wire.Error {
		return wire.Errorf(wire.OperationsError, "%s: %s", s.name, fmt.Sprintf(format, args...))
	}
	switch s.kind {
	case onOff:
		if !strings.EqualFold(value, "on") && !strings.EqualFold(value, "off") {
			return bad("value %q must be on or off", value)
		}
	case number:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < s.min || n > s.max {
			return bad("value %q must be a number from %d to %d", value, s.min, s.max)
		}
	case schemeSetting:
		if schemes == nil {
			return nil
		}
		for _, h := range schemes {
			h = strings.Trim(h, "{}")
			if strings.EqualFold(h, value) && !strings.EqualFold(h, "NS-MTA-MD5") {
				return nil
			}
		}
		if strings.EqualFold(value, "CLEAR") {
			return nil
		}
		return bad("invalid scheme - %s. Valid schemes are: %s", value, schemeList(schemes))
	case nameSetting:
		if value != "" {
			if _, err := nameOf(value, canon); err != nil {
				return wire.Errorf(wire.InvalidAttributeSyntax, "%s: value #0 invalid per syntax", s.name)
			}
		}
	}
	return nil
}

// checkSettings tests the 389-named settings of cn=config that differ between
// before and after (before nil: all), carries each over to the attribute that
// says the same in OpenLDAP's way or back, and puts defaults where one was
// deleted. internal changes may touch fixed settings and unknown names.
func checkSettings(before, after *entry.Entry, schemes []string, s *schema.Schema, internal bool) *wire.Error {
	for i := range after.Attrs {
		name := strings.ToLower(after.Attrs[i].Desc)
		def := settingByName[name]
		old := ""
		if before != nil {
			old = before.First(name)
			if equalValues(before.Values(name), after.Attrs[i].Values) {
				continue
			}
		}
		if def == nil {
			if before != nil && !internal && strings.HasPrefix(name, "nsslapd-") && !before.Has(name) {
				return wire.Errorf(wire.NoSuchAttribute, "unknown attribute %s", after.Attrs[i].Desc)
			}
			continue
		}
		if len(after.Attrs[i].Values) > 1 {
			return wire.Errorf(wire.ConstraintViolation, "%s: takes one value", def.name)
		}
		value := string(after.Attrs[i].Values[0])
		if def.kind == fixedSetting && before != nil && !internal && value != old {
			return wire.Errorf(wire.UnwillingToPerform, "%s cannot be changed", def.name)
		}
		if err := def.check(value, schemes, s); err != nil {
			return err
		}
	}
	for i := range settings {
		def := &settings[i]
		now := after.First(def.name)
		if now == "" && def.def != "" && before != nil && before.Has(def.name) {
			now = def.def
			after.Put(s, def.name, []byte(now))
		}
		if def.olc == "" || before == nil {
			continue
		}
		olcOld, olcNow := before.First(def.olc), after.First(def.olc)
		switch {
		case now != before.First(def.name) && now != "":
			if olcOld == olcNow {
				after.Put(s, def.olc, []byte(def.olcValue(now)))
			}
		case olcOld != olcNow && olcNow != "":
			if v := def.nsValue(olcNow); v != "" {
				after.Put(s, def.name, []byte(v))
			}
		}
	}
	return nil
}

func equalValues(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if string(a[i]) != string(b[i]) {
			return false
		}
	}
	return true
}
