// Command gohive runs a query with github.com/beltran/gohive, a HiveServer2
// client that is not ours, and prints the only row of the result.
// It is a separate module, so that its dependencies are not ours.
//
//	gohive HOST PORT QUERY
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/beltran/gohive"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	row, err := ask(ctx, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gohive:", err)
		os.Exit(1)
	}
	fmt.Println(row)
}

// ask returns the columns of the one row that the query yields, between tabs.
func ask(ctx context.Context, args []string) (string, error) {
	if len(args) != 3 {
		return "", errors.New("usage: gohive HOST PORT QUERY")
	}
	port, err := strconv.Atoi(args[1])
	if err != nil {
		return "", err
	}
	conf := gohive.NewConnectConfiguration()
	conf.Username = "interop"
	conf.ConnectTimeout, conf.SocketTimeout = 5*time.Second, 15*time.Second
	conn, err := gohive.Connect(args[0], port, "NOSASL", conf)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	cursor := conn.Cursor()
	defer cursor.Close()
	cursor.Exec(ctx, args[2])
	if err := cursor.Error(); err != nil {
		return "", err
	}
	return oneRow(ctx, cursor)
}

// oneRow reads the only row and fails if there is none or more than one.
func oneRow(ctx context.Context, cursor *gohive.Cursor) (string, error) {
	if !cursor.HasMore(ctx) {
		return "", errors.Join(errors.New("no row"), cursor.Error())
	}
	row := cursor.RowMap(ctx)
	if err := cursor.Error(); err != nil {
		return "", err
	}
	if cursor.HasMore(ctx) {
		return "", errors.New("more than one row")
	}
	var columns []string
	for _, column := range cursor.Description() {
		columns = append(columns, fmt.Sprint(row[column[0]]))
	}
	return strings.Join(columns, "\t"), nil
}
