package org.entente.certsdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;
import org.entente.gateway.trust.TrustStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FederationMintTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName US = new AgencyName("us.cbp");
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  @TempDir Path folder;

  private MintedFederation mint(Path out) throws IOException {
    return FederationMint.mint(DemoSpec.read(), out, CLOCK, new SecureRandom());
  }

  private static List<X509Certificate> chain(Path home) throws Exception {
    return Pem.certificates(Files.readString(home.resolve("tls.crt")));
  }

  @Test
  void federation_minted_verifiesAsNodesVerifyIt() throws IOException {
    MintedFederation minted = mint(folder.resolve("out"));
    TrustRoots roots = TrustRoots.read(minted.rootsFile());
    byte[] note = Files.readAllBytes(minted.bundleFile());
    BundleVerdict verdict = new BundleVerifier(roots).verify(note, null, NOW);
    TrustBundle bundle = assertInstanceOf(BundleVerdict.Verified.class, verdict).bundle();
    assertEquals(minted.bundle(), bundle);
    assertEquals(1, bundle.version());
    assertEquals(NOW.plus(Duration.ofDays(7)), bundle.content().expires());
    assertEquals(2, roots.roots().threshold());
    assertEquals(3, roots.roots().keys().size());
    assertEquals(5, bundle.members().size());
    assertTrue(bundle.isTransit(HUB));
    assertEquals(List.of(HUB), bundle.agency(US).orElseThrow().via());
    assertEquals(Set.of("de.customs", "fr.customs"), Set.copyOf(names(bundle.agenciesIn("EU"))));
  }

  private static List<String> names(Set<AgencyName> agencies) {
    return agencies.stream().map(AgencyName::value).toList();
  }

  @Test
  void federation_mintedTwice_sharesNoKey() throws Exception {
    MintedFederation one = mint(folder.resolve("one"));
    MintedFederation two = mint(folder.resolve("two"));
    assertNotEquals(one.trustRoots(), two.trustRoots());
    assertNotEquals(one.bundle().hash(), two.bundle().hash());
    for (AgencyName agency : one.bundle().members().keySet()) {
      Member first = one.bundle().agency(agency).orElseThrow();
      Member second = two.bundle().agency(agency).orElseThrow();
      assertNotEquals(first.signing(), second.signing());
      assertNotEquals(first.audit(), second.audit());
      assertNotEquals(first.authorities(), second.authorities());
    }
    assertNotEquals(
        chain(one.gatewayFolder(FR, GATEWAY)).get(0).getPublicKey(),
        chain(two.gatewayFolder(FR, GATEWAY)).get(0).getPublicKey());
    BundleVerdict crossed =
        new BundleVerifier(one.trustRoots()).verify(two.bundle().noteBytes(), null, NOW);
    assertInstanceOf(BundleVerdict.Refused.class, crossed);
  }

  @Test
  void gateways_minted_areIdentifiedByEachOther() throws Exception {
    MintedFederation minted = mint(folder.resolve("out"));
    PeerIdentity peers = new PeerIdentity(HUB, BundleVerifier.MAX_GRACE);
    for (AgencyName agency : minted.bundle().agencies()) {
      Path home = minted.gatewayFolder(agency, GATEWAY);
      Identified peer = holder(peers.identifyAs(agency, chain(home), minted.bundle(), NOW));
      assertEquals(GATEWAY, peer.name());
      assertOwns(home);
    }
  }

  @Test
  void clients_minted_areIdentifiedByTheirGateway() throws Exception {
    MintedFederation minted = mint(folder.resolve("out"));
    for (FederationSpec.Agency agency : DemoSpec.read().agencies()) {
      List<ClientGrant> grants = new ArrayList<>();
      agency.clientNames().forEach(c -> grants.add(new ClientGrant(c, Set.of(Scope.AUDIT))));
      ClientRegistry registry = ClientRegistry.of(agency.name(), grants);
      for (NodeName client : agency.clientNames()) {
        Path home = minted.clientFolder(agency.name(), client);
        holder(registry.identify(chain(home), minted.bundle(), NOW));
        assertOwns(home);
      }
    }
  }

  private static void assertOwns(Path home) throws Exception {
    PrivateKey key = Pem.privateKey(Files.readString(home.resolve("tls.key")));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update((byte) 7);
    byte[] signed = signature.sign();
    signature.initVerify(chain(home).get(0).getPublicKey());
    signature.update((byte) 7);
    assertTrue(signature.verify(signed));
  }

  @Test
  void keystores_minted_holdThePairsOfTheBundle() throws IOException {
    MintedFederation minted = mint(folder.resolve("out"));
    for (Member member : minted.bundle().members().values()) {
      Path keys = minted.gatewayFolder(member.name(), GATEWAY).resolve("keystore");
      try (Keystore keystore = Keystore.open(keys, CLOCK, new SecureRandom())) {
        assertHolds(keystore, KeyKind.AGENCY_PAIR, member.signing().get(0));
        assertHolds(keystore, KeyKind.AUDIT_SIGNING, member.audit().get(0));
        assertEquals(1, keystore.list(KeyKind.AGENCY_PAIR).size());
        assertEquals(1, keystore.list(KeyKind.AUDIT_SIGNING).size());
      }
    }
  }

  private static void assertHolds(Keystore keystore, KeyKind kind, AgencyKey published) {
    try (KeyEntry entry = keystore.get(kind, published.id()).orElseThrow()) {
      SigningPair pair = SigningPair.fromSeeds(entry.secret().reveal());
      assertEquals(published.pair(), pair.verifyingPair());
    }
  }

  @Test
  void files_minted_areForTheirOwnerOnly() throws IOException {
    Path out = folder.resolve("out");
    mint(out);
    try (Stream<Path> all = Files.walk(out)) {
      List<Path> entries = all.toList();
      assertTrue(entries.size() > 50, "only " + entries.size());
      for (Path entry : entries) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(entry));
        assertEquals(Files.isDirectory(entry) ? "rwx------" : "rw-------", mode, entry.toString());
      }
    }
  }

  @Test
  void mint_intoFolderWithContent_refusedAndTouchesNothing() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("mine"), "kept");
    assertThrows(FileAlreadyExistsException.class, () -> mint(out));
    try (Stream<Path> entries = Files.list(out)) {
      assertEquals(List.of(out.resolve("mine")), entries.toList());
    }
  }

  @Test
  void mint_contradictorySpecification_leavesTheFolderEmpty() throws IOException {
    FederationSpec spec = DemoSpec.read();
    List<FederationSpec.Agency> withoutHub =
        spec.agencies().stream().filter(a -> !a.name().equals(HUB)).toList();
    FederationSpec broken =
        new FederationSpec(spec.federation(), 1, spec.roots(), spec.groups(), withoutHub);
    Path out = folder.resolve("out");
    InvalidValue refused =
        assertThrows(
            InvalidValue.class, () -> FederationMint.mint(broken, out, CLOCK, new SecureRandom()));
    assertTrue(String.valueOf(refused.getMessage()).contains("TRANSIT"));
    try (Stream<Path> entries = Files.list(out)) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void spec_withEndpoint_standsInTheBundle() throws IOException {
    FederationSpec spec = DemoSpec.read().withEndpoint(FR, "127.0.0.1:40001").lasting(1);
    MintedFederation minted =
        FederationMint.mint(spec, folder.resolve("out"), CLOCK, new SecureRandom());
    assertEquals(
        List.of(new Endpoint("127.0.0.1", 40001)),
        minted.bundle().agency(FR).orElseThrow().endpoints());
    assertEquals(NOW.plus(Duration.ofDays(1)), minted.bundle().content().expires());
    assertThrows(InvalidValue.class, () -> spec.withEndpoint(new AgencyName("it.customs"), "a:1"));
    assertThrows(InvalidValue.class, () -> spec.withEndpoint(FR, "nowhere"));
    assertThrows(InvalidValue.class, () -> spec.lasting(31));
  }

  private static Identified holder(Result<Identified> identified) {
    return identified.orElseThrow(problem -> new IllegalStateException(problem.message()));
  }

  /** A running node takes up each next version, and threat 30's decision follows. */
  @Test
  void publish_changes_reachARunningNode() throws Exception {
    MintedFederation minted = mint(folder.resolve("out"));
    BundleVerifier verifier = new BundleVerifier(minted.trustRoots());
    TrustStore store =
        assertInstanceOf(
                TrustStore.OpenResult.Opened.class,
                TrustStore.open(verifier, minted.bundleFile(), folder.resolve("accepted"), CLOCK))
            .store();
    PeerIdentity peers = new PeerIdentity(HUB, BundleVerifier.MAX_GRACE);
    List<X509Certificate> certificates = chain(minted.gatewayFolder(FR, GATEWAY));
    Identified fr = holder(peers.identify(certificates, store.current(), NOW));

    MintedFederation second =
        minted.publish(
            CLOCK, edit -> edit.remove(US).revoke(FR, Fingerprint.ofKey(certificates.get(0))));
    assertInstanceOf(BundleVerdict.Verified.class, store.reload());
    assertEquals(2, store.current().version());
    assertFalse(store.current().isMember(US));
    assertTrue(peers.recheck(fr, store.current(), NOW).isPresent());

    AgencyName it = new AgencyName("it.customs");
    Member joining =
        second.admit(
            new FederationSpec.Agency(
                it, "IT", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER), null, null, null, null),
            CLOCK,
            new SecureRandom());
    MintedFederation third = second.publish(CLOCK, edit -> edit.put(joining));
    assertInstanceOf(BundleVerdict.Verified.class, store.reload());
    assertEquals(third.bundle(), store.current());
    assertEquals(
        it,
        holder(peers.identify(chain(third.gatewayFolder(it, GATEWAY)), store.current(), NOW))
            .id()
            .agency());
    assertEquals(Optional.of("IT"), store.current().jurisdiction(it));
  }

  @Test
  void bundle_signedForTests_writesNothing() throws IOException {
    MintedFederation minted = mint(folder.resolve("out"));
    byte[] before = Files.readAllBytes(minted.bundleFile());
    byte[] next = minted.bundle(NOW, edit -> edit.move(FR, List.of()));
    assertArrayEquals(before, Files.readAllBytes(minted.bundleFile()));
    BundleVerdict verdict =
        new BundleVerifier(minted.trustRoots()).verify(next, minted.bundle(), NOW);
    TrustBundle bundle = assertInstanceOf(BundleVerdict.Verified.class, verdict).bundle();
    assertEquals(List.of(), bundle.agency(FR).orElseThrow().endpoints());
    assertThrows(InvalidValue.class, () -> minted.bundle(NOW, edit -> edit.remove(HUB)));
  }

  @Test
  void federation_openedAgain_signsOn() throws IOException {
    Path out = folder.resolve("out");
    mint(out);
    MintedFederation opened = MintedFederation.open(out, CLOCK);
    assertEquals(2, opened.publish(CLOCK, edit -> edit.remove(US)).bundle().version());
    Instant late = NOW.plus(Duration.ofDays(8));
    assertThrows(InvalidValue.class, () -> MintedFederation.open(out, InstantSource.fixed(late)));
  }
}
