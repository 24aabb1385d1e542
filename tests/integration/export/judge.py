"""What other people's readers see in an exported file: one JSON document of reader -> what it found, or why it could not.

usage: judge.py FORMAT FILE
"""

import importlib.util
import json
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def described(data, time=None, distance=None, **more):
    """Shape, three samples, sums; `time` as datetime64[ns], `distance` in metres; samples come time first."""
    data = np.asarray(data)
    values = data.astype("float64")
    rows, channels = data.shape
    found = {
        "shape": [rows, channels],
        "dtype": str(data.dtype.newbyteorder("=")),
        "first": float(values[0, 0]),
        "middle": float(values[rows // 2, channels // 2]),
        "last": float(values[-1, -1]),
        "sum": float(np.nansum(values)),
        "weighted": float(np.nansum(values * (1 + np.arange(rows))[:, None] * (1 + np.arange(channels) % 7))),
        "nan": int(np.isnan(values).sum()),
    }
    if time is not None:
        stamps = np.asarray(time).astype("datetime64[ns]").astype("int64")
        found["time_ns"] = [str(stamps[0]), str(stamps[len(stamps) // 2]), str(stamps[-1])]
    if distance is not None:
        distance = np.asarray(distance, dtype="float64")
        found["distance_m"] = [float(distance[0]), float(distance[-1])]
    found.update(more)
    for key in ("first", "middle", "last"):
        if not np.isfinite(found[key]):
            found[key] = None
    return found


def patch_of(path):
    import dascore as dc

    patches = list(dc.spool(path))
    out = []
    for patch in patches:
        second = "distance" if "distance" in patch.dims else "channel"
        patch = patch.transpose("time", second)
        coords = patch.get_array(second) if hasattr(patch, "get_array") else patch.coords.get_array(second)
        units = getattr(patch.attrs, "data_units", None)
        out.append(
            described(
                patch.data,
                patch.coords.get_array("time"),
                coords if second == "distance" else None,
                unit=None if units is None else str(units),
                gauge_length=float(getattr(patch.attrs, "gauge_length", np.nan) or np.nan)
                if np.isfinite(float(getattr(patch.attrs, "gauge_length", np.nan) or np.nan))
                else None,
            )
        )
    return {"parts": out, **out[0]}


def prodml_h5py(path):
    import h5py

    with h5py.File(path) as file:
        acquisition = file["Acquisition"]
        raw = acquisition["Raw[0]"]
        times = raw["RawDataTime"][:]
        spacing = float(acquisition.attrs["SpatialSamplingInterval"])
        first = int(acquisition.attrs["StartLocusIndex"]) * spacing
        loci = int(acquisition.attrs["NumberOfLoci"])
        vlen = [
            name
            for node in (acquisition, raw, raw["RawData"], raw["RawDataTime"])
            for name in node.attrs
            if h5py.check_string_dtype(node.attrs.get_id(name).dtype) is not None
            and h5py.check_string_dtype(node.attrs.get_id(name).dtype).length is None
        ]
        return described(
            raw["RawData"][:],
            (times * 1000).astype("datetime64[ns]"),
            first + np.arange(loci) * spacing,
            time_dtype=str(times.dtype),
            variable_strings=vlen,
            parts=len([name for name in acquisition if name.startswith("Raw[")]),
            count=int(raw["RawData"].attrs["Count"]),
            rate=float(raw.attrs["OutputDataRate"]),
            start_locus=str(acquisition.attrs.get_id("StartLocusIndex").dtype.kind),
            dimensions=[text.decode() for text in raw["RawData"].attrs["Dimensions"]],
            part_start=raw["RawData"].attrs["PartStartTime"].decode(),
            unit=raw.attrs["RawDataUnit"].decode(),
        )


def prodml_xdas(path):
    import xdas

    found = xdas.open_dataarray(path, engine="prodml")
    return described(found.values, found["time"].values, found["distance"].values)


def zarr_xarray(path):
    import xarray

    opened = xarray.open_zarr(path, consolidated=False)
    (name,) = list(opened.data_vars)
    found = opened[name]
    second = found.dims[1]
    return described(
        found.values,
        found["time"].values,
        found["distance"].values if "distance" in found.coords else None,
        dims=list(found.dims),
        variables=[name],
        coordinates=sorted(found.coords),
        channel=[int(found["channel"].values[0]), int(found["channel"].values[-1])],
        unit=found.attrs.get("units"),
        distance_unit=found[second].attrs.get("units"),
    )


def zarr_zarr(path):
    import zarr

    group = zarr.open_group(path, mode="r")
    return described(group["data"][:], group["time"][:].astype("datetime64[ns]"))


def segy_segyio(path):
    import segyio

    with segyio.open(path, ignore_geometry=True) as file:
        header = file.header[0]
        day = np.datetime64(f"{header[segyio.TraceField.YearDataRecorded]:04d}-01-01", "ns")
        field = segyio.TraceField
        start = (
            day
            + np.timedelta64(header[field.DayOfYear] - 1, "D")
            + np.timedelta64(header[field.HourOfDay], "h")
            + np.timedelta64(header[field.MinuteOfHour], "m")
            + np.timedelta64(header[field.SecondOfMinute], "s")
            + np.timedelta64(header[field.DelayRecordingTime], "ms")
        )
        scalars = file.attributes(field.SourceGroupScalar)[:].astype("float64")
        scale = np.where(scalars < 0, 1 / np.abs(scalars), scalars)
        distance = file.attributes(field.GroupX)[:] * scale
        data = segyio.collect(file.trace[:]).T
        interval = segyio.tools.dt(file) * 1000
        return described(
            data,
            start + (np.arange(data.shape[0]) * interval).astype("timedelta64[ns]"),
            distance,
            format=int(file.bin[segyio.BinField.Format]),
            interval_us=int(file.bin[segyio.BinField.Interval]),
            trace_interval_us=int(header[field.TRACE_SAMPLE_INTERVAL]),
            trace_samples=int(header[field.TRACE_SAMPLE_COUNT]),
            text=bytes(file.text[0]).decode("latin1")[:50],
        )


def segy_obspy(path):
    from obspy.io.segy.segy import _read_segy

    found = _read_segy(path)
    data = np.stack([trace.data for trace in found.traces], axis=1)
    return described(data, numbers=[found.traces[0].header.ensemble_number, found.traces[-1].header.ensemble_number])


def mseed_obspy(path):
    import obspy

    stream = obspy.read(path, format="MSEED")
    ids = []
    for trace in stream:
        if trace.id not in ids:
            ids.append(trace.id)
    segments = [[trace for trace in stream if trace.id == name] for name in ids]
    data = np.stack([np.concatenate([trace.data for trace in own]) for own in segments], axis=1)
    own = segments[0]
    stamps = np.concatenate(
        [
            np.int64(trace.stats.starttime._ns) + np.round(np.arange(trace.stats.npts) * 1e9 / trace.stats.sampling_rate)
            for trace in own
        ]
    )
    return described(
        data,
        stamps.astype("int64").astype("datetime64[ns]"),
        ids=[ids[0], ids[-1]],
        sorted=ids == sorted(ids),
        segments=[len(part) for part in segments][0],
        rate=own[0].stats.sampling_rate,
        encoding=own[0].stats.mseed.encoding,
    )


def npy_numpy(path):
    return described(np.load(path))


def npz_numpy(path):
    found = np.load(path)
    return described(
        found["data"],
        found["time_ns"].astype("datetime64[ns]"),
        found["distance_m"],
        names=sorted(found.files),
        attributes=json.loads(found["attributes"].item()),
        time_dtype=str(found["time_ns"].dtype),
    )


def csv_numpy(path):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    names = lines[0].strip().split(",")
    rows = [line.strip().split(",") for line in lines[1:]]
    data = np.array([[float(value) for value in row[1:]] for row in rows])
    return described(data, np.array([row[0].rstrip("Z") for row in rows], dtype="datetime64[ns]"), names=names[:3])


def wav_wave(path):
    from scipy.io import wavfile

    rate, data = wavfile.read(path)
    return described(data.reshape(len(data), -1), rate=int(rate))


def das_metadata_schema(path):
    return {"keys": sorted(json.load(open(path, encoding="utf-8")))}


readers = {
    "prodml": {"h5py": prodml_h5py, "dascore": patch_of, "xdas": prodml_xdas},
    "dasdae": {"dascore": patch_of},
    "zarr": {"xarray": zarr_xarray, "zarr": zarr_zarr},
    "segy": {"segyio": segy_segyio, "obspy": segy_obspy},
    "mseed": {"obspy": mseed_obspy},
    "npy": {"numpy": npy_numpy},
    "npz": {"numpy": npz_numpy},
    "csv": {"numpy": csv_numpy},
    "wav": {"scipy": wav_wave},
}


def main():
    form, path = sys.argv[1:3]
    answers = {}
    for name, read in readers[form].items():
        if importlib.util.find_spec(name) is None:
            answers[name] = {"missing": name}
            continue
        try:
            answers[name] = read(path)
        except Exception as error:  # what a reader refuses is an answer
            answers[name] = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answers))


main()
