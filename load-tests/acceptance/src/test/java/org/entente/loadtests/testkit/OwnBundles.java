package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.entente.gateway.trust.Member;
import org.entente.loadtests.federation.Federation;

/**
 * Nodes of a minted federation with a file of the trust bundle each, as agencies have them: what
 * one operator puts in place is not in place elsewhere.
 */
public final class OwnBundles {
  private final Path folder;

  private OwnBundles(Path folder) {
    this.folder = folder;
  }

  /** Gives every node its own file; before any of them starts. */
  public static OwnBundles of(Federation federation, Path common, Path folder) throws IOException {
    OwnBundles own = new OwnBundles(folder);
    for (String agency : federation.agencies()) {
      Files.copy(common, own.file(agency));
      Path config = federation.plan(agency).config();
      String yaml = Files.readString(config);
      String changed =
          yaml.replace(
              common.toAbsolutePath().toString(), own.file(agency).toAbsolutePath().toString());
      assertTrue(!changed.equals(yaml), yaml);
      Files.writeString(config, changed);
    }
    return own;
  }

  /** A member that renewed its pairs, without the old ones. */
  public static Member onlyNew(Member both) {
    return new Member(
        both.name(),
        both.jurisdiction(),
        both.kind(),
        both.roles(),
        both.authorities(),
        both.signing().subList(0, 1),
        both.audit().subList(0, 1),
        both.endpoints(),
        both.via(),
        both.revoked());
  }

  /** A node's file. */
  public Path file(String agency) {
    return folder.resolve(agency + ".note");
  }

  /** An operator puts a bundle in place at one node. */
  public void place(String agency, byte[] note) throws IOException {
    Path fresh = folder.resolve(agency + ".note.new");
    Files.write(fresh, note);
    Files.move(
        fresh, file(agency), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
