package org.entente.gateway.simulation;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
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

  /** The same with a second transit, which links two of them. */
  static final Map<String, List<String>> TWO_TRANSITS =
      Map.of(
          "de.customs", List.of("fr.customs", "x.hub"),
          "fr.customs", List.of("de.customs", "x.hub", "x.two"),
          "sg.police", List.of("x.hub", "x.two"),
          "x.hub", List.of("de.customs", "fr.customs", "sg.police"),
          "x.two", List.of("fr.customs", "sg.police"));

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
  private final Map<String, List<String>> links;

  private SimFederation(Path template, Map<String, List<String>> links) {
    this.template = template;
    this.links = links;
  }

  /** One that was minted before. */
  static SimFederation at(Path folder) {
    return new SimFederation(folder, LINKS);
  }

  /** Mints the federation into a folder. */
  static SimFederation mint(Path folder) throws IOException {
    return mint(folder, LINKS);
  }

  /** Mints a federation with these links into a folder. */
  static SimFederation mint(Path folder, Map<String, List<String>> links) throws IOException {
    SecureRandom random = new SeededRandom("federation");
    TestFederation federation = new TestFederation(START.minus(Duration.ofHours(1)), random);
    Files.write(
        folder.resolve("bundle.note"),
        BundleSigner.sign(
            federation.content(1, members(federation, links)), federation.roots(1, 2)));
    Files.writeString(folder.resolve("roots.json"), federation.trustRoots().print());
    Files.createDirectory(folder.resolve("agreements"));
    Files.writeString(folder.resolve("agreements").resolve("warnings.yaml"), AGREEMENT);
    for (String agency : links.keySet().stream().sorted().toList()) {
      Path keystore = folder.resolve(agency).resolve("keystore");
      Files.createDirectories(keystore.getParent());
      try (Keystore keys = Keystore.open(keystore, () -> START, random)) {
        put(keys, KeyKind.AGENCY_PAIR, federation.signing(agency));
        put(keys, KeyKind.AUDIT_SIGNING, federation.audit(agency));
      }
      Files.writeString(
          folder.resolve(agency + ".yaml"),
          config(agency, "bundle.note", links.getOrDefault(agency, List.of())));
    }
    return new SimFederation(folder, links);
  }

  /** Everybody can be reached by the transits that it is linked with. */
  private static List<Member> members(TestFederation federation, Map<String, List<String>> links) {
    List<Member> members = new ArrayList<>(federation.content(1).agencies());
    if (links.containsKey("x.two")) {
      members.add(
          federation.mint(
              new AgencyName("x.two"), null, AgencyKind.OTHER, Set.of(AgencyRole.TRANSIT)));
    }
    return members.stream()
        .map(
            member ->
                isTransit(member.name().value())
                    ? member
                    : via(member, links.getOrDefault(member.name().value(), List.of())))
        .toList();
  }

  static boolean isTransit(String agency) {
    return agency.startsWith("x.");
  }

  /** Who is linked with whom. */
  Map<String, List<String>> links() {
    return links;
  }

  private static Member via(Member member, List<String> links) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        links.stream().filter(SimFederation::isTransit).map(AgencyName::new).toList(),
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

  /** A node's configuration: where it looks for its trust bundle, and with whom it is linked. */
  static String config(String agency, String bundle, List<String> peers) {
    StringBuilder links = new StringBuilder();
    peers.forEach(peer -> links.append("  - peer: ").append(peer).append('\n'));
    return """
    federation: %1$s
    agency: %2$s
    gateway: gateway-1
    trust:
      bundle: %3$s
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
    %4$s\
    """
        .formatted(TestFederation.NAME, agency, bundle, links);
  }

  /** A copy for one run. */
  void copyTo(Path folder) throws IOException {
    FolderCopy.of(template, folder);
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
