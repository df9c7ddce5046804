//go:build unix

package app

import "syscall"

// roomKept is what a restore leaves free on the disk, in bytes.
const roomKept = 64 << 20

// room is how many bytes may be put into the folder.
func room(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail)*int64(st.Bsize) - roomKept, nil
}
