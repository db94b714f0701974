package io.hacluster.nats;

import java.io.IOException;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * What is a store's own about its connection: how it is made, and what is said when it
 * fails.
 */
public interface ConnectionPolicy {

	/**
	 * Returns what is told to those who use the connection after it was closed.
	 * @return the message
	 */
	String closed();

	/**
	 * Sets the options of a connection that are the store's own: its name, its times and
	 * its listener.
	 * @param options those that all stores share
	 * @return the options to connect with
	 */
	Options.Builder configure(Options.Builder options);

	/**
	 * Makes a connection.
	 * @param options its options
	 * @param servers the servers as people may see them
	 * @return the connection
	 * @throws IOException if no server can be reached, or it refuses
	 * @throws InterruptedException if the thread is interrupted
	 */
	default Connection open(Options options, String servers) throws IOException, InterruptedException {
		return Nats.connect(options);
	}

	/**
	 * Makes the exception for credentials that were refused.
	 * @param servers the servers as people may see them
	 * @param cause what the client library says
	 * @return the exception
	 */
	StoreUnavailableException refused(String servers, AuthenticationException cause);

	/**
	 * Makes the exception for servers that cannot be reached. The exception of the client
	 * library is no part of it: its message shows the addresses with their passwords.
	 * @param servers the servers as people may see them
	 * @param lastError what was heard last, in a form to be appended; may be empty
	 * @return the exception
	 */
	StoreUnavailableException unreachable(String servers, String lastError);

	/**
	 * Makes the exception for a request that was not answered in time.
	 * @param servers the servers as people may see them
	 * @param message that it was not answered
	 * @param lastError what the server said last, if anything: a denied request just goes
	 * unanswered
	 * @param cause the end of the wait
	 * @return the exception
	 */
	default StoreUnavailableException unanswered(String servers, String message, @Nullable String lastError,
			Exception cause) {
		return new StoreUnavailableException(message, cause);
	}

	/**
	 * Told of what the client library fails at in the background.
	 * @param failure the failure
	 */
	default void failed(Exception failure) {
	}

}
