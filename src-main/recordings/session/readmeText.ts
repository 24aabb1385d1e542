/** README.txt of every session: enough to read it without this program. */
export const readmeText = `This folder is one session: samples of an optical fibre (distributed acoustic sensing), captured by Wavefall.

session.json          what was captured: source, channels, rate, unit, times, gaps, closed segments, why it ended
labels.json           name, place, notes and tags as the operator changed them later (need not be there)
segment-000001.wfs    the samples, as frames one after the other; the segments follow by their numbers
segment-000001.index  where each frame of the segment begins (can be made anew from the segment)
recording.lock        there while it is being recorded

A physical value is the stored value times "scale" of session.json, in "unit". Times are nanoseconds since
1970-01-01T00:00:00 UTC. Sample k of a frame was taken at start + k * interval.

A frame is a header of 64 bytes and its payload. All numbers are little-endian.
  byte  type      what
   0    4 bytes   the letters WFF1
   4    uint16    version, 1
   6    uint8     kind: 0 samples, 1 gap, 2 description of the session
   7    uint8     element: 1 int16, 2 float32
   8    uint32    CRC-32 of the other 60 bytes of the header
  12    uint32    CRC-32 of the payload (the CRC-32 of zip, gzip and PNG)
  16    uint32    bytes of the payload
  20    uint32    samples of each channel
  24    uint32    channels
  28    uint32    number of the frame, rises by one
  32    uint64    sequence number that the source gave
  40    int64     time of the first sample, nanoseconds
  48    uint64    number of the first sample on the source's own grid, holes included
  56    float64   interval between samples, nanoseconds
The payload of kind 0 holds samples * channels values in time order: all channels of the first sample, then all channels
of the next. The payload of kinds 1 and 2 is text (JSON, UTF-8). Each segment begins with a frame of kind 2. A frame of
kind 1 says from when to when nothing was received, which sequence numbers are missing, and why.

Nothing is lost when the program or the power fails but the last moment: read frame by frame and stop at the first whose
sums do not match.

Python:
    import glob, struct, zlib, numpy
    blocks = []
    for name in sorted(glob.glob('segment-*.wfs')):
        with open(name, 'rb') as file:
            while len(head := file.read(64)) == 64:
                (magic, version, kind, element, head_sum, sum_, length, samples, channels,
                 number, sequence, start, first, interval) = struct.unpack('<4sHBBIIIIIIQqQd', head)
                payload = file.read(length)
                if zlib.crc32(head[12:], zlib.crc32(head[:8])) != head_sum or zlib.crc32(payload) != sum_:
                    break
                if kind == 0:
                    values = numpy.frombuffer(payload, '<i2' if element == 1 else '<f4')
                    blocks.append((start, values.reshape(samples, channels)))
`
