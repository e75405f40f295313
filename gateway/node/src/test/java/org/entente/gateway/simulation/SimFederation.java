package org.entente.gateway.simulation;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Member;

/**
 * The files of a federation of four nodes, made once and copied for every run: the same keys every
 * time, so that a run can be repeated to the byte.
 */
final class SimFederation {
  /** When runs begin. */
  static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

  /** Who is linked with whom; the police of Singapore only with the transit. */
  static final Map<String, List<String>> LINKS =
      Map.of(
          "de.customs", List.of("fr.customs", "x.hub"),
          "fr.customs", List.of("de.customs", "x.hub"),
          "sg.police", List.of("x.hub"),
          "x.hub", List.of("de.customs", "fr.customs", "sg.police"));

  /** Everybody may send warnings to everybody. */
  static final String AGREEMENT =
      """
      id: warnings
      title: Warnings to the public
      law:
        instrument: MOU
        reference: Memorandum of the simulation
        regime: ADMINISTRATIVE
        purpose_change: true
      between:
        direction: BOTH
        parties:
          - all_members: true
            among_themselves: true
      covers:
        kinds: [ALERT]
        categories: [PUBLIC_WARNING]
        purposes: [PUBLIC_SAFETY]
        classification_ceiling: UNCLASSIFIED
        personal_data: false
      obligations:
        retention_days: 30
        onward_transfer: WITHIN_PARTIES
        four_eyes: false
        max_message_bytes: 1048576
        deliver_within_days: 7
      valid:
        from: 2025-01-01
      """;

  private final Path template;

  private SimFederation(Path template) {
    this.template = template;
  }

  /** One that was minted before. */
  static SimFederation at(Path folder) {
    return new SimFederation(folder);
  }

  /** Mints the federation into a folder. */
  static SimFederation mint(Path folder) throws IOException {
    SecureRandom random = new SeededRandom("federation");
    TestFederation federation = new TestFederation(START.minus(Duration.ofHours(1)), random);
    Files.write(
        folder.resolve("bundle.note"),
        BundleSigner.sign(federation.content(1, members(federation)), federation.roots(1, 2)));
    Files.writeString(folder.resolve("roots.json"), federation.trustRoots().print());
    Files.createDirectory(folder.resolve("agreements"));
    Files.writeString(folder.resolve("agreements").resolve("warnings.yaml"), AGREEMENT);
    for (String agency : LINKS.keySet().stream().sorted().toList()) {
      Path keystore = folder.resolve(agency).resolve("keystore");
      Files.createDirectories(keystore.getParent());
      try (Keystore keys = Keystore.open(keystore, () -> START, random)) {
        put(keys, KeyKind.AGENCY_PAIR, federation.signing(agency));
        put(keys, KeyKind.AUDIT_SIGNING, federation.audit(agency));
      }
      Files.writeString(folder.resolve(agency + ".yaml"), config(agency));
    }
    return new SimFederation(folder);
  }

  /** Everybody can be reached by the transit. */
  private static List<Member> members(TestFederation federation) {
    AgencyName hub = new AgencyName("x.hub");
    return federation.content(1).agencies().stream()
        .map(member -> member.name().equals(hub) ? member : via(member, hub))
        .toList();
  }

  private static Member via(Member member, AgencyName transit) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        List.of(transit),
        member.revoked());
  }

  /** Puts a pair into a keystore for good. */
  static void put(Keystore keys, KeyKind kind, SigningPair pair) {
    try (KeyEntry entry =
        new KeyEntry(
            kind,
            pair.verifyingPair().id(),
            START,
            KeyEntry.NEVER,
            SecretBytes.takeOver(pair.seeds()))) {
      keys.put(entry);
    }
  }

  private static String config(String agency) {
    StringBuilder links = new StringBuilder();
    LINKS.getOrDefault(agency, List.of()).forEach(peer -> links.append("  - peer: " + peer + "\n"));
    return """
        federation: %1$s
        agency: %2$s
        gateway: gateway-1
        trust:
          bundle: bundle.note
          roots: roots.json
        tls:
          certificate: unused.crt
          key: unused.key
        keystore: %2$s/keystore
        data: %2$s/data
        audit: %2$s/audit
        policy:
          agreements: agreements
        listen:
          clients: 127.0.0.1:1
          admin: 127.0.0.1:2
        links:
        %3$s"""
        .formatted(TestFederation.NAME, agency, links);
  }

  /** A copy for one run. */
  void copyTo(Path folder) throws IOException {
    Files.walkFileTree(
        template,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Path to = folder.resolve(template.relativize(dir));
            if (!Files.exists(to)) {
              Files.copy(dir, to, StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                folder.resolve(template.relativize(file)),
                StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Removes a folder and what is in it. */
  static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path dir, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
