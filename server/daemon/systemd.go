package daemon

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// activated are the sockets that the service manager has opened (LISTEN_FDS),
// with the URLs that they are served as: a name (FileDescriptorName=) of ldap,
// ldaps or ldapi decides, else the kind of the socket and port 636 for ldaps.
func activated() ([]net.Listener, []string, error) {
	byName, err := activation.ListenersWithNames()
	if err != nil {
		return nil, nil, fmt.Errorf("socket activation: %w", err)
	}
	var list []net.Listener
	var urls []string
	for name, ls := range byName {
		for _, l := range ls {
			if l == nil {
				return nil, nil, fmt.Errorf("socket activation: %q is no socket that listens", name)
			}
			list = append(list, l)
			urls = append(urls, activatedURL(name, l.Addr()))
		}
	}
	return list, urls, nil
}

func activatedURL(name string, a net.Addr) string {
	scheme := strings.ToLower(strings.TrimSuffix(name, ".socket"))
	if i := strings.LastIndexAny(scheme, "-_."); i >= 0 {
		scheme = scheme[i+1:]
	}
	t, tcp := a.(*net.TCPAddr)
	switch {
	case !tcp:
		return "ldapi://" + strings.ReplaceAll(a.String(), "/", "%2F") + "/"
	case scheme == "ldaps" || scheme != "ldap" && t.Port == 636:
		scheme = "ldaps"
	default:
		scheme = "ldap"
	}
	return scheme + "://" + t.String() + "/"
}

// managed tells whether a service manager waits for this very process: it then
// stays in the foreground.
func managed() bool {
	pid, err := strconv.Atoi(os.Getenv("LISTEN_PID"))
	return os.Getenv("NOTIFY_SOCKET") != "" || err == nil && pid == os.Getpid()
}

// notifyReady tells the service manager that the server serves, and begins to
// feed its watchdog; the function returned ends that.
func (d *Daemon) notifyReady() func() {
	systemd.SdNotify(false, "READY=1\nMAINPID="+strconv.Itoa(os.Getpid())+"\nSTATUS=serving "+strings.Join(d.URLs(), " "))
	stop := make(chan struct{})
	if every, err := systemd.SdWatchdogEnabled(false); err == nil && every > 0 {
		go func() {
			tick := time.NewTicker(every / 2)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					d.front.Stats() // stands still when the server does
					systemd.SdNotify(false, systemd.SdNotifyWatchdog)
				case <-stop:
					return
				}
			}
		}()
	}
	return func() { close(stop) }
}

func notifyStopping() { systemd.SdNotify(false, systemd.SdNotifyStopping) }

// notifyReloading wraps a reload in what Type=notify-reload expects.
func notifyReloading(reload func()) {
	systemd.SdNotify(false, "RELOADING=1\nMONOTONIC_USEC="+strconv.FormatInt(monotonic().Microseconds(), 10))
	reload()
	systemd.SdNotify(false, systemd.SdNotifyReady)
}

// monotonic is CLOCK_MONOTONIC.
func monotonic() time.Duration {
	text, err := os.ReadFile("/proc/uptime") // the same but for time asleep
	if err == nil {
		if s, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64); err == nil {
			return time.Duration(s * float64(time.Second))
		}
	}
	return time.Duration(time.Now().UnixNano())
}
