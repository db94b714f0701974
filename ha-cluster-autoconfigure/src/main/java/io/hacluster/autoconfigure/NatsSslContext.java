package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * The SSL context of all connections to NATS. The client library keeps the context that a
 * connection began with, however often it reconnects; this one asks for the bundle each
 * time, and so takes a renewed one. It also knows the sockets of the connections, so that
 * they can be made to reconnect. Thread-safe.
 */
final class NatsSslContext extends SSLContext {

	private final Context context;

	private NatsSslContext(Context context) {
		super(context, context.current().getProvider(), context.current().getProtocol());
		this.context = context;
	}

	/**
	 * Creates a context.
	 * @param bundle gives the bundle as it is now, null for the trust of the JVM
	 * @param servers the configured hosts, whose names certificates must have
	 * @return the context
	 */
	static NatsSslContext of(Supplier<@Nullable SslBundle> bundle, NatsServerNames servers) {
		return new NatsSslContext(new Context(bundle, servers));
	}

	/**
	 * Returns the sockets that are in use now.
	 */
	List<Socket> sockets() {
		synchronized (this.context.sockets) {
			return new ArrayList<>(this.context.sockets);
		}
	}

	private static final class Context extends SSLContextSpi {

		private final Supplier<@Nullable SslBundle> bundle;

		private final NatsServerNames servers;

		private final Set<Socket> sockets = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

		Context(Supplier<@Nullable SslBundle> bundle, NatsServerNames servers) {
			this.bundle = bundle;
			this.servers = servers;
		}

		SSLContext current() {
			return current(this.bundle.get());
		}

		private static SSLContext current(@Nullable SslBundle bundle) {
			try {
				return (bundle != null) ? bundle.createSslContext() : SSLContext.getDefault();
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException("The JVM has no default SSL context", ex);
			}
		}

		@Override
		protected void engineInit(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust,
				@Nullable SecureRandom random) throws KeyManagementException {
			throw new KeyManagementException("The SSL bundle initializes the context");
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			SslBundle now = this.bundle.get();
			return new NatsSocketFactory(current(now).getSocketFactory(), (now != null) ? now.getOptions() : null,
					this.servers, this::opened);
		}

		private void opened(Socket socket) {
			synchronized (this.sockets) {
				this.sockets.removeIf(Socket::isClosed);
				this.sockets.add(socket);
			}
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			throw new UnsupportedOperationException("This context is for clients");
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			return current().createSSLEngine();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return current().createSSLEngine(host, port);
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			return current().getServerSessionContext();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			return current().getClientSessionContext();
		}

	}

	/**
	 * Closes sockets, so that their connections reconnect.
	 * @param sockets which
	 */
	static void close(List<Socket> sockets) {
		for (Socket socket : sockets) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				// It is not in use any more, which was the aim
			}
		}
	}

}
