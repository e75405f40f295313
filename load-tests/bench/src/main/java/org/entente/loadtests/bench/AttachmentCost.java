package org.entente.loadtests.bench;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.loadtests.raw.RawChain;

/**
 * Attachments of several sizes: MiB a second of the upload and of the fetch between the gateways,
 * what memory both gateways have after that, and the latency of FLASH beside a fetch. For
 * comparison messages of 1 MiB through the raw chain, which forwards bytes over the same TLS, and
 * the same file by {@link CurlTransfer}.
 */
final class AttachmentCost {
  private static final String FROM = GatewayChain.FROM;
  private static final String TO = GatewayChain.TO;

  /** Of larger files one transfer says enough. */
  private static final int MOST_REPEATED = 512;

  private static final String SCENARIO = "attachments";

  private final Federation federation;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final Rounds rounds = new Rounds(SCENARIO, Subject.ENTENTE);

  /**
   * A measurement that has not begun.
   *
   * @param folder for the file that curl fetches; must not exist
   */
  AttachmentCost(
      Federation federation, Path folder, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures all sizes, then what they are compared with. */
  void run() throws InterruptedException {
    say.accept("attachments");
    FileTransfer.prepare(federation);
    DirectLink.start(federation);
    FileTransfer files = new FileTransfer(federation);
    List<Integer> sizes = effort.scenarios().attachments();
    for (int mib : sizes) {
      for (int i = 0; i < repeats(mib); i++) {
        transfer(files, mib);
      }
    }
    rounds.addTo(results, say);
    beside(files, sizes.get(1));
    int most = sizes.get(sizes.size() - 1);
    raw();
    curl(most);
    ratio("attachment_to_raw", "fetch of a file / raw chain", fetchId(most), "attachment.raw");
    if (CurlTransfer.isPossible()) {
      ratio(
          "attachment_to_curl",
          "fetch of a file, sealed, checked and synced / curl over the same TLS",
          fetchId(most),
          "attachment.curl");
    } else {
      results.note("attachments without curl: it or OpenSSL 3.5 is not installed");
    }
  }

  /** Of medians: these were not measured in turns. */
  private void ratio(String id, String what, String above, String below) {
    double quotient =
        results.figure(above).spread().median() / results.figure(below).spread().median();
    results.add(
        new Figure(id, "ratios", Subject.RATIO, what, "ratio", Spread.of(List.of(quotient))));
  }

  private int repeats(int mib) {
    return mib > MOST_REPEATED ? 1 : effort.repeats();
  }

  private void transfer(FileTransfer files, int mib) throws InterruptedException {
    long begun = System.nanoTime();
    ByteString upload = files.upload(mib);
    rate(uploadId(mib), mib + " MiB, client to gateway, synced", mib, begun);
    ByteString reading = files.open(files.send(upload));
    long opened = System.nanoTime();
    files.await(reading, mib);
    rate(fetchId(mib), mib + " MiB, gateway to gateway, synced", mib, opened);
    resident("sender", FROM, mib);
    resident("recipient", TO, mib);
  }

  /** Id of the rate at which a client uploads a file of this size. */
  static String uploadId(int mib) {
    return "attachment.upload." + mib;
  }

  /** Id of the rate at which the recipient's gateway fetches it. */
  static String fetchId(int mib) {
    return "attachment.fetch." + mib;
  }

  private void rate(String id, String what, int mib, long since) {
    double seconds = (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1);
    rounds.add(id, what, "MiB/s", mib / seconds);
  }

  private void resident(String whose, String agency, int mib) {
    rounds.add(
        "attachment.rss." + whose + "." + mib,
        whose + ": resident after a file of " + mib + " MiB",
        "MiB",
        new Usage(federation.pid(agency)).resident() / (double) FileTransfer.MIB);
  }

  private void beside(FileTransfer files, int mib) throws InterruptedException {
    Rounds flash = new Rounds("latency beside a fetch", Subject.ENTENTE);
    new FlashBesideFetch(federation, files, effort, flash)
        .run(mib, results.figure(fetchId(mib)).spread().median());
    flash.addTo(results, say);
    results.ratio(
        "flash_beside_fetch_p50",
        "p50 of FLASH while files are fetched / alone",
        "attachment.flash.p50.beside",
        "attachment.flash.p50.alone");
    results.ratio(
        "flash_beside_fetch_ratio",
        "p99 of FLASH while files are fetched / alone",
        "attachment.flash.p99.beside",
        "attachment.flash.p99.alone");
  }

  private void raw() throws InterruptedException {
    MeasuredContent content = new MeasuredContent(Effort.LARGEST);
    Rounds raw = new Rounds(SCENARIO, Subject.RAW);
    try (FreePorts ports = new FreePorts(new SecureRandom());
        RawChain chain =
            new RawChain(
                ports.address(),
                ports.address(),
                federation.gatewayCredentials(FROM),
                Credentials.in(federation.credentials(FROM, "declarations")),
                null)) {
      Duration measured = Effort.brief(effort.saturated());
      Duration warm = effort.before().plus(measured);
      for (int i = 0; i < effort.repeats(); i++) {
        Saturation saturation =
            new Saturation(
                chain.stream(content), chain.arrivals(), 1, Throughput.window(content.bytes()));
        double rate = saturation.run(i == 0 ? warm : effort.before(), measured);
        raw.add(
            "attachment.raw",
            "messages of 1 MiB through a hop that forwards them",
            "MiB/s",
            rate * content.bytes() / FileTransfer.MIB);
      }
    }
    raw.addTo(results, say);
  }

  private void curl(int mib) {
    if (CurlTransfer.isPossible()) {
      Rounds curl = new Rounds(SCENARIO, Subject.CURL);
      CurlTransfer transfer = new CurlTransfer(folder, federation.gatewayFolder(FROM));
      for (int i = 0; i < repeats(mib); i++) {
        curl.add("attachment.curl", mib + " MiB, one hop", "MiB/s", transfer.rate(mib));
      }
      curl.addTo(results, say);
    }
  }
}
