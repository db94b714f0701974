package io.hacluster.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/**
 * What a native image must keep for the calls into the C library. What is bound or
 * written as JSON is hinted by Spring Boot itself.
 */
final class JnaRuntimeHints implements RuntimeHintsRegistrar {

	/**
	 * The interfaces through which the C library is called; JNA implements them by
	 * proxies.
	 */
	private static final List<String> LIBRARIES = List.of("io.hacluster.backend.ProcessSignals$LibC",
			"io.hacluster.backend.systemd.NotifySocket$LibC", "io.hacluster.replication.follower.WalIndexFile$CLibrary",
			"io.hacluster.vip.LinuxCalls", "io.hacluster.vip.announce.SocketLibrary");

	/**
	 * What JNA's own native part looks up by name.
	 */
	private static final List<String> LOOKED_UP = List.of("com.sun.jna.Callback", "com.sun.jna.CallbackReference",
			"com.sun.jna.CallbackReference$AttachOptions", "com.sun.jna.FromNativeConverter", "com.sun.jna.IntegerType",
			"com.sun.jna.JNIEnv", "com.sun.jna.LastErrorException", "com.sun.jna.Native",
			"com.sun.jna.Native$ffi_callback", "com.sun.jna.NativeLong", "com.sun.jna.NativeMapped",
			"com.sun.jna.Pointer", "com.sun.jna.PointerType", "com.sun.jna.Structure", "com.sun.jna.Structure$ByValue",
			"com.sun.jna.Structure$FFIType", "com.sun.jna.Structure$FFIType$FFITypes", "com.sun.jna.WString");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String library : LIBRARIES) {
			if (ClassUtils.isPresent(library, classLoader)) {
				hints.proxies().registerJdkProxy(TypeReference.of(library));
				hints.reflection().registerType(TypeReference.of(library), MemberCategory.INVOKE_DECLARED_METHODS);
			}
		}
		for (String type : LOOKED_UP) {
			hints.jni()
				.registerTypeIfPresent(classLoader, type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
						MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.ACCESS_DECLARED_FIELDS);
		}
		hints.resources().registerPattern("com/sun/jna/linux-*/libjnidispatch.so");
	}

}
