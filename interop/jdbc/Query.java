import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Properties;

/**
 * Connects with hive-jdbc, asks the driver's metadata calls, and prints the only row of a
 * query. Arguments: the URL, the query, and the user and the password, which may be "".
 */
public class Query {
    public static void main(String[] args) throws Exception {
        Properties login = new Properties();
        if (!args[2].isEmpty()) {
            login.put("user", args[2]);
            login.put("password", args[3]);
        }
        try (Connection c = DriverManager.getConnection(args[0], login)) {
            DatabaseMetaData about = c.getMetaData();
            System.err.printf("product %s %s, major version %d%n",
                about.getDatabaseProductName(), about.getDatabaseProductVersion(), about.getDatabaseMajorVersion());
            count("catalogs", about.getCatalogs());
            count("schemas", about.getSchemas());
            count("tables", about.getTables(null, "%", "%", null));
            count("columns", about.getColumns(null, "%", "%", "%"));
            count("functions", about.getFunctions(null, "%", "%"));
            count("table types", about.getTableTypes());
            count("types", about.getTypeInfo());
            try (ResultSet rows = c.createStatement().executeQuery(args[1])) {
                rows.next();
                System.out.println(rows.getString(1));
            }
        }
    }

    static void count(String what, ResultSet rows) throws Exception {
        int n = 0;
        for (; rows.next(); n++) {}
        System.err.printf("%s: %d%n", what, n);
        rows.close();
    }
}
