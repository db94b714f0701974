package io.hacluster.vip;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CidrAddress}.
 */
class CidrAddressTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.100/24, 10.0.0.100/24", "10.0.0.100, 10.0.0.100/32", "2001:DB8::100/64, 2001:db8::100/64",
			"::1:0:0:1, ::1:0:0:1/128", "2001:db8:0:1:0:0:0:1/128, 2001:db8:0:1::1/128",
			"1:0:0:2:0:0:0:0/8, 1:0:0:2::/8", "fe80:0:2:3:4:5:6:7/64, fe80:0:2:3:4:5:6:7/64" })
	void textIsReadAndWritten(String text, String written) {
		assertThat(CidrAddress.parse(text)).hasToString(written);
		assertThat(CidrAddress.parse(written)).isEqualTo(CidrAddress.parse(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "eth0", "host.example", "10.0.0", "10.0.0.256/24", "10.0.0.1/33", "10.0.0.1/0",
			"10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/24/24", "167772161", "2001:db8::1/129", "2001:db8:::1/64",
			"fe80::1%eth0/64", "::ffff:10.0.0.1/128", "10.0.0.1 /24", "1.2.3.4:80", ":" })
	void textThatIsNoAddressIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> CidrAddress.parse(text));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1/24, 10.0.0.100, true", "10.0.0.1/24, 10.0.1.100, false", "10.0.0.1/32, 10.0.0.10, false",
			"10.0.0.0/31, 10.0.0.1, true", "2001:db8::1/64, 2001:db8::ffff, true",
			"2001:db8::1/64, 2001:db8:0:1::1, false", "0.0.0.0/1, ::, false" })
	void subnetContainsItsAddresses(String subnet, String address, boolean contained) throws Exception {
		assertThat(CidrAddress.parse(subnet).contains(InetAddress.getByName(address))).isEqualTo(contained);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/24, true", "10.0.0.255/24, true", "10.0.0.1/24, false", "10.0.0.0/31, false",
			"10.0.0.0/32, false", "10.0.0.255/16, false", "2001:db8::/64, false" })
	void firstAndLastAddressOfAnIpv4SubnetAreNobodys(String address, boolean nobodys) {
		assertThat(CidrAddress.parse(address).isNetworkOrBroadcast()).isEqualTo(nobodys);
	}

	@Test
	void macAddressKeepsItsBytes() {
		MacAddress mac = MacAddress.of(new byte[] { 0x02, 0, 0, (byte) 0xff, 0x10, 0x01 });
		assertThat(mac).hasToString("02:00:00:ff:10:01").isEqualTo(new MacAddress(0x020000ff1001L));
		assertThat(MacAddress.of(mac.bytes())).isEqualTo(mac);
		assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(1L << 48));
		assertThatIllegalArgumentException().isThrownBy(() -> MacAddress.of(new byte[5]));
	}

}
