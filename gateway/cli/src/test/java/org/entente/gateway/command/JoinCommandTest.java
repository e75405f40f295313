package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Joining by files that were taken for each other. */
final class JoinCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();

  /** The roots would draft again what is right. */
  @Test
  void requestOfAnotherAgency_isSaidToBeIt_andTheBundleIsNotBlamed() throws IOException {
    Path passphrase = federation.folder().resolve("passphrase");
    PrivateFiles.write(passphrase, "only for a trial");
    Path home = federation.folder().resolve("home-of-de");
    CommandFixture init = new CommandFixture();
    int made =
        init.run(
            "init",
            "--federation=federation.example",
            "--agency=" + DE,
            "--kind=customs",
            "--client=desk=subscribe",
            "--passphrase-file=" + passphrase,
            "--out=" + home);
    assertEquals(0, made, init::err);
    Path request = home.resolve(DE + ".join");
    assertTrue(Files.exists(request));
    assertTrue(init.out().contains("--bundle BUNDLE --roots ROOTS"), init::out);

    CommandFixture join = new CommandFixture();
    int refused =
        join.run(
            "join",
            "--config=" + federation.config(FR),
            "--bundle=" + federation.folder().resolve("trust-bundle.note"),
            "--request=" + request,
            "--dry-run");
    assertEquals(1, refused, join::out);
    assertTrue(
        join.err()
            .contains(
                request
                    + " is the request of de.customs; give that of this node's agency, fr.customs"),
        join::err);
  }
}
