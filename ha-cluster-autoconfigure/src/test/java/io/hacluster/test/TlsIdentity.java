package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A key for 127.0.0.1 with a certificate that it has signed itself, made by the JDK's
 * keytool, as PEM files. Whoever trusts the certificate trusts the key.
 *
 * @param certificate the certificate
 * @param key the private key
 */
public record TlsIdentity(Path certificate, Path key) {

	private static final String PASSWORD = "password";

	/**
	 * Makes an identity.
	 * @param directory where its files go
	 * @param name its common name
	 * @param alternativeName the host that it is for, such as {@code ip:127.0.0.1}
	 * @return the identity
	 */
	public static TlsIdentity create(Path directory, String name, String alternativeName) {
		try {
			Files.createDirectories(directory);
			Path store = directory.resolve(name + ".p12");
			Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-J-XX:TieredStopAtLevel=1", "-genkeypair", "-keyalg", "EC", "-alias", "key", "-dname",
					"CN=" + name, "-ext", "san=" + alternativeName, "-keystore", store.toString(), "-storetype",
					"PKCS12", "-storepass", PASSWORD)
				.redirectErrorStream(true)
				.start();
			String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (keytool.waitFor() != 0) {
				throw new IllegalStateException("keytool failed: " + output);
			}
			KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
			return new TlsIdentity(
					pem(directory.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate("key").getEncoded()),
					pem(directory.resolve(name + ".key"), "PRIVATE KEY",
							keys.getKey("key", PASSWORD.toCharArray()).getEncoded()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static Path pem(Path file, String type, byte[] content) throws IOException {
		String text = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
		return Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
	}

}
