package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A certificate whose file is replaced while the gateway runs. */
class CertificateReloadTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();

  /** As {@code cp -p} or {@code rsync -a} may leave it. */
  @Test
  void certificateOfTheSameSizeAndTime_isNoticed() throws IOException {
    ConfiguredFiles files = ConfiguredFiles.read(federation.config(FR), federation.clock);
    TlsCertificateReloader reloader = TlsCertificateReloader.open(files, federation.clock);
    Path certificate = files.config().tls().certificate();
    FileTime time = Files.getLastModifiedTime(certificate);
    reloader.reload(files.verifiedBundle());
    assertFalse(reloader.refuses());

    Files.write(certificate, new byte[(int) Files.size(certificate)]);
    Files.setLastModifiedTime(certificate, time);
    reloader.reload(files.verifiedBundle());

    assertTrue(reloader.refuses(), "it holds no certificate any more");
  }

  /** An operator may install a certificate of the next CA before the bundle that lists it. */
  @Test
  void certificateThatTheBundleRefused_isTakenOnceABundleListsItsCa() throws IOException {
    ConfiguredFiles files = ConfiguredFiles.read(federation.config(FR), federation.clock);
    TlsCertificateReloader reloader = TlsCertificateReloader.open(files, federation.clock);
    TestFederation other = new TestFederation(federation.clock.instant());
    Path certificate = files.config().tls().certificate();
    Files.writeString(certificate, Files.readString(certificate) + "\n");
    reloader.reload(other.bundle(other.content(1)));
    assertTrue(reloader.refuses(), "its CA is not listed");

    reloader.reload(files.verifiedBundle());

    assertFalse(reloader.refuses());
    assertEquals(List.of(), reloader.warnings());
  }
}
