package daemon

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// privileges looks a user and a group up and gives the function that changes to
// them; nil when nothing is to be changed.
func privileges(userName, groupName string) (func() error, error) {
	if userName == "" && groupName == "" {
		return nil, nil
	}
	uid, gid := -1, -1
	groups := []int{}
	if userName != "" {
		u, err := user.Lookup(userName)
		if err != nil {
			if _, nerr := strconv.Atoi(userName); nerr != nil {
				return nil, err
			}
			if u, err = user.LookupId(userName); err != nil {
				return nil, err
			}
		}
		uid, _ = strconv.Atoi(u.Uid)
		gid, _ = strconv.Atoi(u.Gid)
		if ids, err := u.GroupIds(); err == nil {
			for _, id := range ids {
				if n, err := strconv.Atoi(id); err == nil {
					groups = append(groups, n)
				}
			}
		}
	}
	if groupName != "" {
		g, err := user.LookupGroup(groupName)
		if err != nil {
			if _, nerr := strconv.Atoi(groupName); nerr != nil {
				return nil, err
			}
			if g, err = user.LookupGroupId(groupName); err != nil {
				return nil, err
			}
		}
		gid, _ = strconv.Atoi(g.Gid)
	}
	if uid == os.Getuid() && (gid < 0 || gid == os.Getgid()) {
		return nil, nil
	}
	return func() error {
		if uid >= 0 && os.Getuid() == 0 {
			if err := syscall.Setgroups(groups); err != nil {
				return fmt.Errorf("setgroups: %w", err)
			}
		}
		if gid >= 0 {
			if err := syscall.Setgid(gid); err != nil {
				return fmt.Errorf("could not set group %d: %w", gid, err)
			}
		}
		if uid >= 0 {
			if err := syscall.Setuid(uid); err != nil {
				return fmt.Errorf("could not set user %d: %w", uid, err)
			}
		}
		return nil
	}, nil
}
