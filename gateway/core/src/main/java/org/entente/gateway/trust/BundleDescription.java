package org.entente.gateway.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteKeyName;

/**
 * Text form of bundles, requests and their differences, for people who decide whether to sign.
 *
 * <p>Complete: every difference between two contents has a line. Pure; no instances.
 */
public final class BundleDescription {
  /** The line of a key that an agency's entry has more than another. */
  private static final Pattern KEY = Pattern.compile(": new (CA|signing pair|audit pair) ");

  private BundleDescription() {}

  /** The members, roots and signatures of a bundle. */
  public static List<String> show(BundleDraft draft, RootSet previous) {
    BundleContent content = draft.content();
    List<String> lines = new ArrayList<>();
    lines.add("trust bundle of " + content.federation() + ", version " + content.version());
    lines.add("  fingerprint  " + draft.fingerprint());
    lines.add("  issued       " + content.issued());
    lines.add("  expires      " + content.expires());
    lines.addAll(roots(content.roots()));
    lines.addAll(signatures(draft, previous));
    content
        .groups()
        .forEach((name, entries) -> lines.add("  group        " + name + " " + entries));
    content.agencies().forEach(member -> lines.addAll(member(member)));
    return lines;
  }

  /** The roots and how many must sign, with the fingerprint of each. */
  public static List<String> roots(RootSet roots) {
    List<String> lines = new ArrayList<>();
    lines.add("  roots        " + roots.threshold() + " of " + roots.keys().size() + " must sign");
    roots.keys().forEach(key -> lines.add("    " + key.name() + "  " + key.fingerprint()));
    return lines;
  }

  /** The present and missing signatures of a draft. */
  public static List<String> signatures(BundleDraft draft, RootSet previous) {
    List<String> lines = new ArrayList<>();
    boolean rotation = !previous.equals(draft.content().roots());
    lines.add("  signatures   " + counted(draft, previous, rotation ? "old roots" : "roots"));
    if (rotation) {
      lines.add("               " + counted(draft, draft.content().roots(), "new roots"));
    }
    draft.falseSignature(previous).ifPresent(why -> lines.add("               FALSE: " + why));
    if (rotation) {
      draft
          .falseSignature(draft.content().roots())
          .ifPresent(why -> lines.add("               FALSE: " + why));
    }
    lines.add("               " + (draft.isComplete(previous) ? "complete" : "not complete"));
    return lines;
  }

  private static String counted(BundleDraft draft, RootSet set, String what) {
    List<NoteKeyName> signed = draft.signedBy(set);
    List<NoteKeyName> missing =
        set.keys().stream().map(RootKey::name).filter(name -> !signed.contains(name)).toList();
    return String.format(
        "%s: %d signed, %d required; signed by %s; not signed by %s",
        what, signed.size(), set.threshold(), names(signed), names(missing));
  }

  private static String names(List<NoteKeyName> names) {
    return names.isEmpty()
        ? "none"
        : names.stream().map(NoteKeyName::value).collect(Collectors.joining(", "));
  }

  /** The entry of one agency in a bundle or request. */
  public static List<String> member(Member member) {
    List<String> lines = new ArrayList<>();
    lines.add("  agency       " + member.name());
    lines.add("    is         " + member.kind() + ", " + member.roles());
    member.authorities().forEach(ca -> lines.add("    CA         " + authority(ca)));
    member.signing().forEach(key -> lines.add("    signs with " + pair(key)));
    member.audit().forEach(key -> lines.add("    audit pair " + pair(key)));
    if (!member.endpoints().isEmpty()) {
      lines.add("    listens at " + member.endpoints());
    }
    if (!member.via().isEmpty()) {
      lines.add("    via        " + member.via());
    }
    member.revoked().forEach(cert -> lines.add("    revoked    " + new Fingerprint(cert)));
    return lines;
  }

  private static String authority(AuthorityCertificate ca) {
    return ca.fingerprint() + " until " + ca.x509().getNotAfter().toInstant();
  }

  private static String pair(AgencyKey key) {
    return fingerprint(key) + " from " + key.notBefore() + " until " + key.notAfter();
  }

  private static Fingerprint fingerprint(AgencyKey key) {
    return Fingerprint.of(key.pair().encoded());
  }

  /** The changes in the next bundle, one line each; empty if only the version differs. */
  public static List<String> diff(BundleContent old, BundleContent next) {
    List<String> lines = new ArrayList<>();
    if (!old.federation().equals(next.federation())) {
      lines.add("federation: " + old.federation() + " becomes " + next.federation());
    }
    NavigableSet<AgencyName> names = new TreeSet<>(old.byName().keySet());
    names.addAll(next.byName().keySet());
    for (AgencyName name : names) {
      Member before = old.byName().get(name);
      Member after = next.byName().get(name);
      if (before == null && after != null) {
        lines.add(name + " joins:");
        member(after).stream().skip(1).forEach(lines::add);
      } else if (before != null && after == null) {
        lines.add(name + " leaves");
      } else if (before != null && after != null) {
        compare(before, after, lines);
      }
    }
    groups(old, next, lines);
    rotation(old.roots(), next.roots(), lines);
    return lines;
  }

  /** The changes of version and validity. */
  public static List<String> validity(BundleContent old, BundleContent next) {
    return List.of(
        "version " + old.version() + " becomes " + next.version(),
        "issued " + old.issued() + " becomes " + next.issued(),
        "expires " + old.expires() + " becomes " + next.expires());
  }

  /**
   * How an agency's entry differs from its request, one line for each difference. Not counted are
   * keys that it already had, and revocations.
   *
   * @param before the entry that the agency has now; its request if it has none
   */
  public static List<String> beyond(Member asked, Member before, Member said) {
    List<String> known = changes(asked, before);
    return changes(asked, said).stream()
        .filter(line -> !line.startsWith(said.name() + ": new revocation "))
        .filter(line -> !(known.contains(line) && KEY.matcher(line).find()))
        .toList();
  }

  private static List<String> changes(Member before, Member after) {
    List<String> lines = new ArrayList<>();
    compare(before, after, lines);
    return lines;
  }

  private static void compare(Member before, Member after, List<String> lines) {
    String who = after.name() + ": ";
    if (before.kind() != after.kind()) {
      lines.add(who + "is " + after.kind() + ", was " + before.kind());
    }
    items(before.roles(), after.roles(), role -> "role " + role, who, lines);
    list(before.authorities(), after.authorities(), ca -> "CA " + authority(ca), who, lines);
    pairs(before.signing(), after.signing(), "signing pair ", who, lines);
    pairs(before.audit(), after.audit(), "audit pair ", who, lines);
    list(before.endpoints(), after.endpoints(), end -> "endpoint " + end, who, lines);
    if (!before.via().equals(after.via())) {
      lines.add(who + "is reached via " + after.via() + ", was via " + before.via());
    }
    list(
        before.revoked(),
        after.revoked(),
        cert -> "revocation of certificate " + new Fingerprint(cert),
        who,
        lines);
  }

  /** A pair of which only the validity changes is neither new nor gone. */
  private static void pairs(
      List<AgencyKey> before, List<AgencyKey> after, String what, String who, List<String> lines) {
    List<AgencyKey> changed = new ArrayList<>();
    for (AgencyKey old : before) {
      for (AgencyKey next : after) {
        if (next.pair().equals(old.pair()) && !next.equals(old)) {
          changed.addAll(List.of(old, next));
          lines.add(
              "%s%s%s becomes valid from %s until %s"
                  .formatted(who, what, pair(old), next.notBefore(), next.notAfter()));
        }
      }
    }
    items(without(before, changed), without(after, changed), key -> what + pair(key), who, lines);
    order(fingerprints(before), fingerprints(after), print -> what + print, who, lines);
  }

  private static List<Fingerprint> fingerprints(List<AgencyKey> keys) {
    return keys.stream().map(BundleDescription::fingerprint).toList();
  }

  private static List<AgencyKey> without(List<AgencyKey> keys, List<AgencyKey> others) {
    return keys.stream().filter(key -> !others.contains(key)).toList();
  }

  private static <T> void items(
      Collection<T> before,
      Collection<T> after,
      Function<T, String> words,
      String who,
      List<String> lines) {
    after.stream()
        .filter(item -> !before.contains(item))
        .forEach(item -> lines.add(who + "new " + words.apply(item)));
    before.stream()
        .filter(item -> !after.contains(item))
        .forEach(item -> lines.add(who + "no longer " + words.apply(item)));
  }

  /** What is new in a list and what is gone, and whether the others have another order. */
  private static <T> void list(
      List<T> before, List<T> after, Function<T, String> words, String who, List<String> lines) {
    items(before, after, words, who, lines);
    order(before, after, words, who, lines);
  }

  private static <T> void order(
      List<T> before, List<T> after, Function<T, String> words, String who, List<String> lines) {
    List<T> kept = after.stream().filter(before::contains).toList();
    if (!kept.equals(before.stream().filter(after::contains).toList())) {
      lines.add(
          who + "in another order: " + kept.stream().map(words).collect(Collectors.joining(", ")));
    }
  }

  private static void groups(BundleContent old, BundleContent next, List<String> lines) {
    NavigableSet<String> names = new TreeSet<>(old.groups().keySet());
    names.addAll(next.groups().keySet());
    for (String name : names) {
      List<String> before = old.groups().getOrDefault(name, List.of());
      List<String> after = next.groups().getOrDefault(name, List.of());
      if (!before.equals(after)) {
        lines.add(
            String.format(Locale.ROOT, "group %s: %s, was %s", name, shown(after), shown(before)));
      }
    }
  }

  private static String shown(List<String> entries) {
    return entries.isEmpty() ? "none" : entries.toString();
  }

  private static void rotation(RootSet before, RootSet after, List<String> lines) {
    list(
        before.keys(),
        after.keys(),
        key -> "root " + key.name() + " " + key.fingerprint(),
        "roots: ",
        lines);
    if (before.threshold() != after.threshold()) {
      lines.add("roots: " + after.threshold() + " must sign, was " + before.threshold());
    }
  }

  /** The content of a join request. */
  public static List<String> request(JoinRequest request) {
    List<String> lines = new ArrayList<>();
    lines.add("request to join " + request.federation() + " of " + request.requested());
    lines.add("  fingerprint  " + request.fingerprint());
    lines.addAll(member(request.agency()));
    return lines;
  }

  /** The time until a bundle expires, as text. */
  public static String remaining(BundleContent content, Instant now) {
    long hours = java.time.Duration.between(now, content.expires()).toHours();
    return hours >= 48 ? hours / 24 + " days" : hours + " hours";
  }
}
