package io.hacluster.samples.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpServer;

/**
 * The service:
 * {@code java -jar ha-cluster-sample-backend.jar [<address>:]<port> <database>}. It
 * listens on the loopback address unless told otherwise and answers a write only after
 * the commit. SIGTERM closes the database.
 */
final class RowsBackend implements AutoCloseable {

	private static final int MAX_CLIENTS = 16;

	private final RowStore store;

	private final ExecutorService clients;

	private final HttpServer server;

	private RowsBackend(RowStore store, HttpServer server) {
		this.store = store;
		this.server = server;
		this.clients = Executors.newFixedThreadPool(MAX_CLIENTS);
		this.server.createContext("/", new RowsHandler(store));
		this.server.setExecutor(this.clients);
	}

	static RowsBackend start(InetSocketAddress address, Path database) throws IOException, SQLException {
		// The port first: while another instance runs, the database is not touched.
		HttpServer server = HttpServer.create(address, 0);
		try {
			RowsBackend backend = new RowsBackend(RowStore.open(database), server);
			server.start();
			return backend;
		}
		catch (SQLException ex) {
			server.stop(0);
			throw ex;
		}
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	@Override
	public void close() throws SQLException {
		this.store.close();
		this.server.stop(0);
		this.clients.shutdownNow();
	}

	public static void main(String[] args) {
		if (args.length != 2 || !args[0].matches("([0-9.]+:)?[0-9]{1,5}")) {
			System.err.println("usage: java -jar ha-cluster-sample-backend.jar [<address>:]<port> <database>");
			System.exit(2);
		}
		// Without it each answer waits for the client's delayed acknowledgement.
		System.setProperty("sun.net.httpserver.nodelay", "true");
		try {
			RowsBackend backend = start(address(args[0]), Path.of(args[1]));
			Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(backend), "shutdown"));
			System.out.println("serving " + args[1] + " on port " + backend.port());
		}
		catch (IOException | SQLException ex) {
			System.err.println("cannot serve " + args[1] + " on port " + args[0] + ": " + ex.getMessage());
			System.exit(1);
		}
	}

	private static InetSocketAddress address(String argument) throws IOException {
		int colon = argument.indexOf(':');
		InetAddress address = (colon > 0) ? InetAddress.getByName(argument.substring(0, colon))
				: InetAddress.getLoopbackAddress();
		return new InetSocketAddress(address, Integer.parseInt(argument.substring(colon + 1)));
	}

	private static void shutDown(RowsBackend backend) {
		try {
			backend.close();
			System.out.println("closed");
		}
		catch (SQLException ex) {
			System.err.println("the database could not be closed: " + ex.getMessage());
		}
	}

}
