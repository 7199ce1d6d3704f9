import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import org.apache.thrift.transport.TSaslServerTransport;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;

/**
 * Accepts SASL GSSAPI with the JDK's Kerberos and Thrift's own TSaslServerTransport, and
 * forwards what clients send to a server without SASL. Arguments: the service, its host
 * name, and for each listener QOP, HOST:PORT to listen on and HOST:PORT to forward to.
 */
public class Acceptor {
    public static void main(String[] args) throws Exception {
        for (int i = 2; i < args.length; i += 3) {
            InetSocketAddress at = address(args[i + 1]);
            ServerSocket server = new ServerSocket(at.getPort(), 50, at.getAddress());
            TSaslServerTransport.Factory sasl = new TSaslServerTransport.Factory("GSSAPI", args[0], args[1],
                Map.of(Sasl.QOP, args[i], Sasl.SERVER_AUTH, "true"), Acceptor::authorize);
            InetSocketAddress backend = address(args[i + 2]);
            start(() -> { while (true) accept(server.accept(), sasl, backend); });
        }
        System.out.println("ready");
    }

    static void accept(Socket client, TSaslServerTransport.Factory sasl, InetSocketAddress backend) {
        start(() -> {
            try (client; Socket server = new Socket(backend.getAddress(), backend.getPort())) {
                TTransport in = sasl.getTransport(new TSocket(client)); // logs the client in
                start(() -> { try (server) { reply(server.getInputStream(), in); } });
                byte[] buffer = new byte[65536];
                OutputStream out = server.getOutputStream();
                for (int n; (n = in.read(buffer, 0, buffer.length)) > 0; ) out.write(buffer, 0, n);
            }
        });
    }

    static void reply(InputStream from, TTransport to) throws Exception {
        byte[] buffer = new byte[65536];
        for (int n; (n = from.read(buffer)) > 0; to.flush()) to.write(buffer, 0, n);
    }

    static void authorize(Callback[] callbacks) {
        for (Callback callback : callbacks)
            if (callback instanceof AuthorizeCallback ask) {
                ask.setAuthorized(true);
                System.out.println("login of " + ask.getAuthenticationID());
            }
    }

    interface Work { void run() throws Exception; }

    static void start(Work work) {
        new Thread(() -> { try { work.run(); } catch (Exception e) { System.out.println("ended: " + e); } }).start();
    }

    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
