package org.entente.gateway.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.entente.gateway.audit.tree.AuditFormats;
import org.entente.gateway.bridge.mapping.BridgeFormats;
import org.entente.gateway.cel.CelFormats;
import org.entente.gateway.config.ConfigFormats;
import org.entente.gateway.crypto.CryptoFormats;
import org.entente.gateway.identity.IdentityFormats;
import org.entente.gateway.ledger.LedgerFormats;
import org.entente.gateway.link.LinkFormats;
import org.entente.gateway.note.NoteFormats;
import org.entente.gateway.policy.check.PolicyFormats;
import org.entente.gateway.receive.ReceiveFormats;
import org.entente.gateway.rpc.server.WireFormats;
import org.entente.gateway.seal.SealFormats;
import org.entente.gateway.seal.keys.KeysFormats;
import org.entente.gateway.testkit.Formats;
import org.entente.gateway.trust.TrustFormats;

/**
 * Every parser of what a peer, a client or an operator wrote, and the one place at which Jazzer
 * enters.
 *
 * <p>A process fuzzes the packages that the system property {@value #PACKAGES} names, separated by
 * commas. The first byte of an input chooses the format among theirs, in order; the rest is what
 * its parser gets.
 */
public final class FuzzTarget {
  /** Names the packages that a process fuzzes. */
  static final String PACKAGES = "entente.fuzz";

  private static final Map<String, Supplier<Formats>> ALL = all();

  private static List<Entry> chosen = List.of();

  /** One format of one package. */
  public record Entry(Formats formats, String format) {
    @Override
    public String toString() {
      return formats.name() + "/" + format;
    }

    public boolean takes(byte[] input) {
      return formats.takes(format, input);
    }
  }

  private FuzzTarget() {}

  private static Map<String, Supplier<Formats>> all() {
    Map<String, Supplier<Formats>> all = new LinkedHashMap<>();
    all.put("seal", SealFormats::all);
    all.put("note", NoteFormats::all);
    all.put("audit", AuditFormats::all);
    all.put("trust", TrustFormats::all);
    all.put("link", LinkFormats::all);
    all.put("receive", ReceiveFormats::all);
    all.put("ledger", LedgerFormats::all);
    all.put("keys", KeysFormats::all);
    all.put("crypto", CryptoFormats::all);
    all.put("identity", IdentityFormats::all);
    all.put("policy", PolicyFormats::all);
    all.put("cel", CelFormats::all);
    all.put("config", ConfigFormats::all);
    all.put("bridge", BridgeFormats::all);
    all.put("wire", WireFormats::all);
    return all;
  }

  /** The packages, in order. */
  public static List<String> packages() {
    return List.copyOf(ALL.keySet());
  }

  /** The formats of some packages, in order. */
  public static List<Entry> entries(List<String> packages) {
    List<Entry> entries = new ArrayList<>();
    for (String name : packages) {
      Supplier<Formats> supplier = ALL.get(name);
      if (supplier == null) {
        throw new IllegalArgumentException("no formats of " + name);
      }
      Formats formats = supplier.get();
      formats.names().forEach(format -> entries.add(new Entry(formats, format)));
    }
    return entries;
  }

  /** Called by Jazzer first: what making parsers and loading classes takes is no input's time. */
  public static void fuzzerInitialize() {
    chosen = entries(List.of(System.getProperty(PACKAGES, "").split(",", -1)));
    for (Entry entry : chosen) {
      entry.formats().examples(entry.format()).forEach(entry::takes);
    }
  }

  /** Called by Jazzer for every input; throwing is a finding. */
  public static void fuzzerTestOneInput(byte[] input) {
    int at = input.length == 0 ? chosen.size() : input[0] & 0xff;
    if (at < chosen.size()) {
      chosen.get(at).takes(Arrays.copyOfRange(input, 1, input.length));
    }
  }
}
