package org.entente.loadtests.raw;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32C;

/**
 * A file to which a hop appends each message, with its length and checksum, and syncs it before it
 * forwards the message: the least that durable custody can cost. One thread writes what waits, and
 * one sync covers it. The file has its full length from the start, so that a sync writes no
 * metadata, and is used again from its beginning.
 */
final class SyncedFile {
  private static final int LENGTH = 32 << 20;
  private static final int HEAD = 2 * Integer.BYTES;

  private final FileChannel file;
  private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] message, StreamObserver<byte[]> onward) {}

  private SyncedFile(FileChannel file) {
    this.file = file;
  }

  /** Creates the file and starts its thread, which runs as long as the process. */
  static SyncedFile in(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("messages"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    write(file, ByteBuffer.allocate(LENGTH), 0);
    file.force(true);
    SyncedFile opened = new SyncedFile(file);
    Thread writer = new Thread(opened::run, "writer");
    writer.setDaemon(true);
    writer.start();
    return opened;
  }

  /** Appends a message and forwards it once it is on the disk. */
  void append(byte[] message, StreamObserver<byte[]> onward) {
    waiting.add(new Entry(message, onward));
  }

  private void run() {
    ByteBuffer out = ByteBuffer.allocateDirect(LENGTH);
    try {
      long position = 0;
      while (true) {
        List<Entry> batch = take(out.clear());
        int bytes = out.flip().remaining();
        position = position + bytes > LENGTH ? 0 : position;
        write(file, out, position);
        file.force(false);
        position += bytes;
        batch.forEach(entry -> entry.onward.onNext(entry.message));
      }
    } catch (IOException e) {
      // The load notices that nothing arrives any more.
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts what waits into the buffer, at least one message and no more than fit. */
  private List<Entry> take(ByteBuffer out) throws InterruptedException {
    List<Entry> batch = new ArrayList<>();
    CRC32C checksum = new CRC32C();
    Entry entry = waiting.take();
    while (true) {
      checksum.reset();
      checksum.update(entry.message);
      out.putInt(entry.message.length).putInt((int) checksum.getValue()).put(entry.message);
      batch.add(entry);
      Entry next = waiting.peek();
      if (next == null || next.message.length + HEAD > out.remaining()) {
        return batch;
      }
      entry = waiting.take();
    }
  }

  private static void write(FileChannel file, ByteBuffer out, long position) throws IOException {
    long at = position;
    while (out.hasRemaining()) {
      at += file.write(out, at);
    }
  }
}
