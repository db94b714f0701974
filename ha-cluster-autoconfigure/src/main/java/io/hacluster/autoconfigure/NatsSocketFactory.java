package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslOptions;

/**
 * Puts TLS over the socket of a connection to NATS. The client library does not compare
 * the host with its certificate: here it is.
 */
final class NatsSocketFactory extends SSLSocketFactory {

	private static final String VERIFY_HOST = "HTTPS";

	private final SSLSocketFactory delegate;

	private final @Nullable SslOptions options;

	private final NatsServerNames servers;

	private final Consumer<Socket> opened;

	NatsSocketFactory(SSLSocketFactory delegate, @Nullable SslOptions options, NatsServerNames servers,
			Consumer<Socket> opened) {
		this.delegate = delegate;
		this.options = options;
		this.servers = servers;
		this.opened = opened;
	}

	@Override
	public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
		SSLSocket secured = (SSLSocket) this.delegate.createSocket(socket, this.servers.verified(host), port,
				autoClose);
		SSLParameters parameters = secured.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm(VERIFY_HOST);
		if (this.options != null && this.options.getCiphers() != null) {
			parameters.setCipherSuites(this.options.getCiphers());
		}
		if (this.options != null && this.options.getEnabledProtocols() != null) {
			parameters.setProtocols(this.options.getEnabledProtocols());
		}
		secured.setSSLParameters(parameters);
		this.opened.accept(socket);
		return secured;
	}

	@Override
	public String[] getDefaultCipherSuites() {
		return this.delegate.getDefaultCipherSuites();
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.delegate.getSupportedCipherSuites();
	}

	@Override
	public Socket createSocket(String host, int port) {
		throw unsupported();
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
		throw unsupported();
	}

	@Override
	public Socket createSocket(InetAddress host, int port) {
		throw unsupported();
	}

	@Override
	public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
		throw unsupported();
	}

	private static UnsupportedOperationException unsupported() {
		return new UnsupportedOperationException("TLS goes over a socket that is connected already");
	}

}
