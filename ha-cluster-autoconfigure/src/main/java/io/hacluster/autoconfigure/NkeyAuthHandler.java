package io.hacluster.autoconfigure;

import java.io.IOException;
import java.security.GeneralSecurityException;

import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import org.jspecify.annotations.Nullable;

/**
 * Logs in by signing the server's challenge with an NKey, without a JWT.
 */
final class NkeyAuthHandler implements AuthHandler {

	private final NKey key;

	NkeyAuthHandler(String seed) {
		this.key = NKey.fromSeed(seed.toCharArray());
	}

	/**
	 * Returns whether a text is the seed of an NKey.
	 * @param seed the text
	 * @return whether it can be used
	 */
	static boolean isSeed(String seed) {
		try {
			NKey.fromSeed(seed.toCharArray());
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	@Override
	public byte[] sign(byte[] nonce) {
		try {
			return this.key.sign(nonce);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("Failed to sign the challenge of the NATS server", ex);
		}
	}

	@Override
	public char[] getID() {
		try {
			return this.key.getPublicKey();
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("Failed to derive the public NKey", ex);
		}
	}

	@Override
	public char @Nullable [] getJWT() {
		return null;
	}

}
