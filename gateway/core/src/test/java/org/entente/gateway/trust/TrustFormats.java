package org.entente.gateway.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.TestFederation.START;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.Formats;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.gossip.Freshness;

/** The trust bundle and what roots, agencies and witnesses state around it. */
public final class TrustFormats {
  private TrustFormats() {}

  /** All of them, over a federation with fresh keys. */
  public static Formats all() {
    TestFederation federation = new TestFederation(START);
    BundleContent content = federation.content(3);
    byte[] note = BundleSigner.sign(content, federation.roots(1, 2));
    TrustBundle bundle = federation.bundle(content);
    return new Formats("trust")
        .with(
            "bundle-text",
            text(text -> new BundleText().print(new BundleText().parse(text))),
            () -> List.of(new BundleText().print(content).getBytes(UTF_8)))
        .with(
            "bundle-draft",
            Formats.same(InvalidValue.class, bytes -> BundleDraft.parse(bytes).encode()),
            () -> List.of(BundleDraft.of(content).encode(), note))
        .with("bundle", bytes -> verifies(federation, note, bytes), () -> List.of(note))
        .with(
            "roots",
            text(text -> TrustRoots.parse(text).print()),
            () -> List.of(federation.trustRoots().print().getBytes(UTF_8)))
        .with(
            "root-key",
            text(text -> RootKey.parse(text).print()),
            () -> List.of(federation.rootSet().keys().get(0).print().getBytes(UTF_8)))
        .with("join-request", TrustFormats::joins, () -> List.of(joinRequest(federation)))
        .with(
            "freshness",
            bytes -> Freshness.verify(bytes, bundle, START).refusal().isEmpty(),
            () ->
                List.of(
                    Freshness.state(
                        bundle,
                        new AgencyName("de.customs"),
                        federation.signing("de.customs"),
                        START)))
        .with(
            "endpoint",
            text(text -> Endpoint.parse(text).toString()),
            () -> texts("gw.customs.example:7443", "[::1]:1", "127.0.0.1:65535"))
        .with("fingerprint", TrustFormats::fingerprint, () -> texts(bundle.hash()));
  }

  private static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static Formats.FormatLaw text(UnaryOperator<String> parseAndPrint) {
    return Formats.same(
        InvalidValue.class,
        bytes -> {
          String text = new String(bytes, UTF_8);
          if (!Arrays.equals(bytes, text.getBytes(UTF_8))) {
            throw new InvalidValue("text is UTF-8", "other bytes");
          }
          return parseAndPrint.apply(text).getBytes(UTF_8);
        });
  }

  /** No other content is ever in force than the one that the roots signed. */
  private static boolean verifies(TestFederation federation, byte[] signed, byte[] bytes) {
    BundleVerdict verdict = new BundleVerifier(federation.trustRoots()).verify(bytes, null, START);
    if (verdict instanceof BundleVerdict.Verified verified
        && !verified.bundle().content().equals(BundleDraft.parse(signed).content())) {
      throw new AssertionError("a bundle that nobody signed");
    }
    return verdict instanceof BundleVerdict.Verified;
  }

  private static boolean joins(byte[] bytes) {
    try {
      JoinRequest request = JoinRequest.verify(bytes);
      return request.agency().revoked().isEmpty();
    } catch (InvalidValue e) {
      return false;
    }
  }

  private static byte[] joinRequest(TestFederation federation) {
    SigningPair signing = federation.signing("fr.customs");
    SigningPair audit = federation.audit("fr.customs");
    return new JoinRequest(TestFederation.NAME, START, federation.member("fr.customs"))
        .sign(
            Map.of(
                signing.verifyingPair().id(), signing,
                audit.verifyingPair().id(), audit));
  }

  /** What a person types is not one form only; what it means is. */
  private static boolean fingerprint(byte[] bytes) {
    try {
      Fingerprint parsed = Fingerprint.parse(new String(bytes, UTF_8));
      if (!Fingerprint.parse(parsed.toString()).equals(parsed)) {
        throw new AssertionError("another fingerprint from its own text");
      }
      return true;
    } catch (InvalidValue e) {
      return false;
    }
  }
}
